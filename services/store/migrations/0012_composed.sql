-- A device's name is composed wherever it is read (NFC): so are those that are known already.
do $$
begin
  if getdatabaseencoding() = 'UTF8' then
    update device d set uid = normalize(d.uid, NFC)
    where d.uid is not NFC normalized
      and not exists (select from device o where o.gateway = d.gateway and o.uid = normalize(d.uid, NFC));
  end if;
end
$$;
