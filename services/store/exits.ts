/**
 * By what the exit of a home is seen now: a contact, else a motion sensor, else null. What is lost, or hangs at a gateway that
 * is let in no more, sees nothing. `household`: the column with the number of the home.
 */
export function exitSeenBy(household: string): string {
  return `(select case when bool_or(x.kind = 'open') then 'contact'
      when bool_or(x.kind in ('motion', 'presence')) then 'motion' end
    from device x
    where x.household_id = ${household} and x.role = 'exit' and x.lost_since is null
      -- As a join it is planned for a table of gateways that has no statistics yet, and read whole for each home: a replay at
      -- full speed took a third longer.
      and (select y.disabled_at is null from gateway y where y.gateway = x.gateway))`
}
