-- A device's name is composed wherever it is read (NFC): so are those that are known already. Of several spellings of one name
-- the first device keeps it.
do $$
begin
  if getdatabaseencoding() = 'UTF8' then
    update device d set uid = normalize(d.uid, NFC)
    where d.uid is not NFC normalized
      and not exists (
        select from device o where o.gateway = d.gateway and normalize(o.uid, NFC) = normalize(d.uid, NFC)
          and (o.uid is NFC normalized or o.id < d.id));
  end if;
end
$$;
