/** A small mistake in core that some test must notice. `from` stands once in the file. */
export type Mutant = {
  readonly file: string
  readonly from: string
  readonly to: string
  /** The test that must fail. */
  readonly killer: string
}

const mutant =
  (file: string, killer: string) =>
  (from: string, to: string): Mutant => ({
    file: `services/core/${file}.ts`,
    killer: `test/core/${killer}.test.ts`,
    from,
    to,
  })

const silence = mutant('silence', 'silence')
const hull = mutant('hull', 'silence')
const stillGone = mutant('still-gone', 'silence')
const budget = mutant('budget', 'budget')
const inactivity = mutant('inactivity', 'inactivity')
const alone = mutant('doubt', 'alone')
const restless = mutant('restless', 'restless')
const standing = mutant('standing', 'restless')
const away = mutant('inactivity', 'away')
const rhythm = mutant('rhythm', 'rhythm')
const curve = mutant('curve', 'curve')
const tally = mutant('tally', 'curve')
const blur = mutant('blur', 'curve')
const tail = mutant('tail', 'tail')
const examine = mutant('evaluation/examine', 'evaluation/examine')
const found = mutant('evaluation/found', 'evaluation/examine')
const heard = mutant('evaluation/heard', 'evaluation/heard')
const score = mutant('evaluation/score', 'evaluation/score')
const baselines = mutant('evaluation/baselines', 'evaluation/baselines')
const entrance = mutant('entrance', 'entrance')
const presence = mutant('presence', 'presence')
const stirs = mutant('stirs', 'stirs')
const ceiling = mutant('ceiling', 'ceiling')
const running = mutant('draw', 'inactivity')
const ran = mutant('draw', 'rhythm')
const gone = mutant('journey', 'rhythm')
const turns = mutant('evaluation/turns', 'evaluation/examine')
const walking = mutant('walking', 'walking')
const evidence = mutant('evidence', 'evidence')
const journey = mutant('journey', 'journey')
const draw = mutant('draw', 'draw')
const reliability = mutant('reliability', 'reliability')
const learning = mutant('learning', 'learning')
const door = mutant('door', 'door')
const meter = mutant('meter', 'meter')
const agreement = mutant('agreement', 'agreement')
const night = mutant('night', 'seen')
const visitor = mutant('visitor', 'seen')
const seen = mutant('seen', 'seen')
const absence = mutant('absence', 'absence')
const feedback = mutant('feedback', 'feedback')

/** Made by hand, one for each decision that would hurt most when it went wrong unseen. */
export const MUTANTS: readonly Mutant[] = [
  silence('momentAt(corner) <= to', 'momentAt(corner) < to'),
  hull('count > 1 && isAbove', 'count > 1 && !isAbove'),
  hull('wait += lived / 2', 'wait += lived'),
  hull('lived += last / 2', 'lived += 1 / 2'),
  silence('if (first.offset !== last.offset) return null', ''),
  silence('from >= steady.until ||', ''),
  silence('|| timeZone !== steady.timeZone', ''),
  silence('Math.min(until, (day + 1) * HALF_HOURS - begun)', 'until'),
  silence('asUsual.fill(0, age, until)', ''),
  silence('worth = worthAt(++corner)', 'worth = worthAt(corner++)'),
  silence('last?.begun === begun && last', 'last !== null && last'),
  silence('&& last.until === until', ''),
  silence('|| last.curve.hazard !== curve.hazard', ''),
  silence('else if (last.curve === curve) return', 'else return'),
  silence('drawn = null', ''),
  mutant('survival', 'survival')('square / 120', 'square / 100'),
  silence('+ AHEAD)', '- AHEAD)'),
  silence('const ODD = 0.01', 'const ODD = 0'),
  stillGone('if (age >= OVERNIGHT) away', 'away'),
  stillGone('if (told !== stays)', 'if (told === null)'),
  stillGone('clock[age] ?? 0', '0'),
  silence('1 - ODD - away - out', '1 - ODD - away'),
  stillGone('out *= trips[half]', 'out *= journeys[half]'),
  silence('if (until === null) return Infinity', 'if (until === null) continue'),
  silence('Math.min(since, to))', 'Math.max(since, to))'),
  tail('const SHARE = 1 / 4', 'const SHARE = 1 / 3'),
  tail('/ (k + SCALE_EXCESSES)', '/ (k + 1)'),
  tail('(DAYS_A_MONTH * SHARE) / perMonth', 'DAYS_A_MONTH / perMonth'),
  rhythm('quarter > known && ', ''),
  rhythm('if (draft.until !== draft.known && day >= draft.peaksFrom) {', 'if (false) {'),
  rhythm('const HALF_LIFE = 21', 'const HALF_LIFE = 42'),
  rhythm('if (exit && draft.byExit) keepLongest', 'if (draft.byExit) keepLongest'),
  rhythm('if (!isOut) countGone', 'takeGone'),
  rhythm('  forgetGone(draft.gone)\n', ''),
  rhythm('|| isUnseen(unseen, stretch[0]', '|| isUnseen([], stretch[0]'),
  journey('journeys: MISSED, trips: 0', 'journeys: UNSEEN, trips: 0'),
  journey('journeys: MISSED, trips: 0 }', 'journeys: MISSED, trips: TRIPS }'),
  journey('(gone[kind] + PRIOR_DAYS', '(PRIOR_DAYS'),
  journey('{ ...RUNNING, trips: 0 }', 'RUNNING'),
  journey('running.has(start) === isRunning', 'running.has(start) !== isRunning'),
  journey('journeys: journeys - running.journeys', 'journeys'),
  journey('(running ? HALF : 1)', '1'),
  evidence('isOff || isPersons', 'isPersons'),
  examine('walk.dying = { ...walk.dying, running: on }', ''),
  heard('running !== null && at < running + GOES_OFF', 'running !== null'),
  examine('silence = { ...silence, running }', ''),
  turns('at > since && at < until', 'at > since'),
  turns('ranThrough(ran, since, at)', 'ranThrough(ran, since)'),
  turns('ranThrough(ran, at, at)', 'ranThrough(ran, since, at)'),
  draw('if (at <= before.at) return before', 'if (at < before.at) return before'),
  draw('if (since !== null && at - known.at < PAUSE)', 'if (since !== null)'),
  draw('return { since, atOnce }', 'return { since: at, atOnce }'),
  draw('atOnce: rise >= CLEAR.plug', 'atOnce: true'),
  draw('after.at - before.at < PAUSE ? after.at : before.at', 'after.at'),
  draw('now.at - before.at >= PAUSE', 'false'),
  draw("role !== 'mains' || value > 0", 'true'),
  draw('.slice(-DAYS)', ''),
  draw('leasts.length >> 1', '0'),
  draw('(base ?? 0) + CLEAR.plug', 'CLEAR.plug'),
  draw('base + CLEAR.mains', 'base + CLEAR.plug'),
  draw('base === null ? Infinity :', 'base === null ? CLEAR.mains :'),
  draw('at - since < SURE[sideOf(role)]', 'at - since <= SURE[sideOf(role)]'),
  draw("machineAt(machines, at) === null || role === 'mains' ? since : null", 'since'),
  draw(" || role === 'mains') return false", ') return false'),
  draw('load?.atOnce !== true || ', ''),
  walking('isHidden ? walking.pauses : ', ''),
  walking('if (!(mean < MANY))', 'if (mean > 1e9)'),
  draw('fall >= CLEAR.plug && ', ''),
  draw('- ran.since <= BY_HAND', '- ran.since < BY_HAND'),
  draw('since <= from + BEGUN', 'since < from + BEGUN'),
  draw('?? Infinity) > at) high', '?? Infinity) >= at) high'),
  draw('end > from', 'end >= from'),
  draw('&& !isOff', ''),
  draw('end - since <= BY_HAND', 'end - since < BY_HAND'),
  ran('(start + length) * QUARTER', 'Infinity'),
  ran('(start + 1) * QUARTER', 'start * QUARTER'),
  gone('[gone, gone.running] : [gone]', '[gone] : [gone]'),
  rhythm('if (isRunning) draft.running', 'draft.running'),
  running('isThrough({ since, until }, lastActivity)', 'true'),
  inactivity(
    'Math.max(since + KNOWN, reachedBefore(curve.running',
    'Math.max(since + 9 * KNOWN, reachedBefore(curve.running',
  ),
  inactivity('now >= since + KNOWN) return Infinity', 'now < since + KNOWN) return Infinity'),
  inactivity('curve.running ? [curve, curve.running] : [curve]', '[curve]'),
  journey('(over >= 17 || over < 2)', '(over >= 17)'),
  journey('(SETS_OUT[half] ?? 0)) / (begun[half] ?? 1)', '(SETS_OUT[half] ?? 0))'),
  rhythm('stretch[1] >= LONG', 'stretch[1] > 9 * LONG'),
  rhythm('if (!touched && length >= draft.least)', 'if (length >= draft.least)'),
  rhythm('draft.peaks.length > PEAKS', 'draft.peaks.length > 9 * PEAKS'),
  mutant('curve', 'rhythm')('const PRIOR_DAYS = 3', 'const PRIOR_DAYS = 30'),
  examine('(due[k] ?? 0) > at', 'true'),
  examine('since < walk.testFrom', 'false'),
  mutant('evaluation/heard', 'evaluation/examine')('<= cut + FOLLOWED', '<= cut + 99 * FOLLOWED'),
  heard('<= cut) first++', '< cut) first++'),
  heard('one.lastCompany === other.lastCompany', 'true'),
  heard('one.lastOther === other.lastOther', 'true'),
  mutant('walking', 'evaluation/heard')('now === quarter ? {', 'true ? {'),
  mutant('walking', 'evaluation/heard')('exit ? 0 : 1', '1'),
  heard('one.signs === other.signs', 'true'),
  found('Math.max(since, due[k] ?? 0)', 'since'),
  examine('due } of watched) {', 'due } of walk.watched) {'),
  examine("life.out.length === 0 && where.presence === 'away'", 'false'),
  examine('life.out.length === 0 && ', ''),
  score('if (delay <= 0) add', 'if (delay === 0) add'),
  score('Math.max(0, delay) / HOUR', 'delay / HOUR'),
  baselines('Math.max(at, seenAfter', 'Math.min(at, seenAfter'),
  curve('ends + ENDS_WEIGH', 'ends'),
  tally('const HALF_LIFE = 30', 'const HALF_LIFE = 60'),
  tally('inDay < SLOTS_A_DAY ? today : next', 'today'),
  blur('Math.max(0, age - ages)', 'age'),
  curve('if (lookedAt !== chance)', 'if (false)'),
  curve('(ended[cell] ?? 0) + 1)', '(ended[cell] ?? 0) + 2)'),
  mutant('rhythm', 'curve')('last.timeZone === timeZone && ', ''),
  presence('now >= lastExit + SETTLE', 'now >= lastExit'),
  presence('if (isFound(traces, lastExit)) return true', ''),
  presence('if (lastExit !== null && isFound(traces, lastExit)) return confirmed', ''),
  presence('1.5 * longest', 'longest'),
  presence('(byMotion ? 0 : AFTERGLOW)', 'AFTERGLOW'),
  presence('|| isLonely(traces, lastExit)', ''),
  presence('(lastInner ?? 0) >= lastExit + SETTLE', 'true'),
  presence('Math.max(back ?? 1, ', 'Math.max(1, '),
  mutant('presence', 'away')('&& backBy(traces) > 1 ?', '?'),
  presence('? Math.min(before.since, lastExit)', '? lastExit'),
  presence(
    "return backBy(traces) > 1 && before.presence === 'away'",
    "return before.presence === 'away'",
  ),
  presence('&& !isBack(traces, lastExit)', ''),
  stirs('now === quarter + 1 ? here : 0', 'here'),
  stirs('now <= Math.floor', 'now < Math.floor'),
  evidence("contact' && role", "contact' || role"),
  evidence("return role === 'exit' ? EXIT : INNER", 'return INNER'),
  away('(where && passedAt(home, where)) ?? ', ''),
  inactivity('budget: budgetOf(home, grade)', 'budget: home.policy.budgets[grade]'),
  budget('isGrave && !isExitSeen(rhythm)', 'isGrave'),
  budget('isGrave && !isExitSeen(rhythm)', '!isExitSeen(rhythm)'),
  away('if (passed !== null) return passed', ''),
  mutant('presence', 'away')('since === lastActivity ? lastRoom : null', 'lastRoom'),
  mutant('sentence', 'sentence')('.filter(({ at }) => at < since)', '.slice(1)'),
  away('settlesAt(home, now) ?? due, ', ''),
  reliability('before ?? number', 'number'),
  walking('longestOf(pauses)[3]', 'longestOf(pauses)[0]'),
  walking('if (isSeldom(pauses)) return Infinity', ''),
  walking('!isSeldom(pauses) && ', ''),
  walking('NOBODYS * (byDoor + inside)', '0'),
  walking('Math.max(TWICE, ', 'Math.max(0, '),
  mutant('walking', 'rhythm')('return exit\n', 'return !exit\n'),
  walking('1.5 * usual', '1.5 * longest'),
  walking(
    'isRare(pauses, 0) && isRare(pauses, Math.max(0, pauses.length - KNOWN))',
    'isRare(pauses, 0)',
  ),
  walking('if (fourth >= LONG && isLately(pauses))', 'if (fourth >= LONG)'),
  walking('[3] >= LONG && isLately(pauses)', '[3] >= LONG'),
  walking('[second, third, fourth] = [pause, second, third]', '[second, third] = [pause, second]'),
  walking('&& sensorsIn(sensors) >= 2', ''),
  walking('term *= mean / (count + 1)', 'term *= mean / count'),
  walking('pauses.length >= KNOWN && ', ''),
  walking('Math.max(FEWEST, ', 'Math.max(1, '),
  mutant('walking', 'rhythm')('walking.least === null || isGone', 'isGone'),
  mutant('walking', 'rhythm')('isGone || company === null', 'company === null'),
  mutant('walking', 'rhythm')('.slice(-PAUSES)', ''),
  rhythm('wasGone(draft, number, exit)', 'false'),
  mutant('rhythm', 'entrance')('(exit && !draft.byMotion) || ', ''),
  mutant('rhythm', 'entrance')('(exit && !draft.byMotion)', '(exit)'),
  entrance('length >= JOURNEY || ', ''),
  walking('pauses.length * EXCEPTIONS', 'pauses.length'),
  rhythm('|| wentOut(draft)) return true', ') return true'),
  mutant('rhythm', 'entrance')('if (wentOut(draft)) draft.door', 'if (exit) draft.door'),
  entrance('if (!byExit || !byMotion || until', 'if (true || until'),
  entrance('SHARE * (out + inside)', '0'),
  entrance('Math.max(TWICE, ', 'Math.max(0, '),
  entrance('(wasOut ? ', '(false ? '),
  entrance('return exit && (', 'return ('),
  entrance("|| partOf(at, timeZone) === 'night') return null", ') return null'),
  alone('Math.max(lastCompany, where.since, confirmed)', 'Math.max(lastCompany, confirmed)'),
  alone('since + (due - since) / 2', 'since'),
  reliability('(sensors & (sensors - 1)) === 0', 'true'),
  reliability('longest >= 16 * HOUR', 'longest >= 99 * HOUR'),
  inactivity('GRADES.indexOf(home.raised) + 1', 'GRADES.indexOf(home.raised)'),
  inactivity('home.lastActivity, home.confirmed)', 'home.lastActivity)'),
  mutant('inactivity', 'alone')("if (where.presence === 'away') return Infinity", ''),
  alone('due < restless.until ? due : Infinity', 'due'),
  alone('[...restless, ...begun]', 'restless'),
  alone('[1, rhythm.tireless.rest]', '[1]'),
  alone('raised ? NO_TIRELESS : rhythm.tireless', 'rhythm.tireless'),
  alone("where.presence === 'blind'", "where.presence !== 'home'"),
  alone("due < first.due ? { due, doubt: 'restless' }", "false ? { due, doubt: 'restless' }"),
  restless('BRIDGED && isHidden(last + 1,', 'BRIDGED && isHidden(last,'),
  restless('isGoing(known, now, by) ? known[1] : now', 'isGoing(known, now, by) ? now : now'),
  restless('seen > LONG', 'true'),
  restless('* by.rest <= BRIDGED', '* by.rest <= Infinity'),
  restless('BRIDGED && isHidden(last + 1, now, by)', 'BRIDGED'),
  mutant('backtest', 'backtest')('walk.ongoing = tellOngoing(', 'tellOngoing('),
  mutant('standing', 'backtest')(
    'sign.slot ? standOn(standing, sign.at, unseen) : standing',
    '-1 ? null : standing',
  ),
  restless('|| slot === SHARED', ''),
  restless('floor(seen / QUARTER)', 'floor((to - from) / QUARTER)'),
  restless('seenWithin(by.unseen,', 'seenWithin([],'),
  restless('while (isGoing(going, end, by)) end++', ''),
  standing('Math.max(told.at, now - KNOWN_BACK)', 'told.at'),
  standing('standing && standOn(standing, now, unseen) &&', 'standing &&'),
  standing('standing && (sensors >> told.slot) & 1', 'standing'),
  restless('Math.max(known, proven)', 'known'),
  alone('isFound(home) && !raised', 'true'),
  alone('(homeUntil ?? 0) >= confirmed', '(homeUntil ?? 0) > confirmed'),
  alone('seenWithin(skip, since, confirmed)', 'confirmed - since'),
  mutant('inactivity', 'alone')("typeof home.standsSince === 'number'", 'false'),
  restless('quarters * (each[2] + 1)', 'quarters * each[2]'),
  restless('rest === HALF_HOUR ? half.longest : slow.longest', 'half.longest'),
  restless('rest === SLOW ? longestOn(', 'true ? longestOn('),
  restless('isSeldom(pauses) ? SLOW : 1', 'SLOW'),
  mutant('evaluation/examine', 'evaluation/examine')('walk.heard.rest = tireless.rest', ''),
  restless('Math.min(2 * most, 2 * MOST)', '2 * most'),
  restless('each[1] < (longest?.[1] ?? Infinity)', 'each[1] > (longest?.[1] ?? -1)'),
  mutant('evaluation/found', 'evaluation/examine')('>= RESTLESS', '>= Infinity'),
  heard('isSameGoings(one.goings, other.goings) &&', ''),
  mutant('backtest', 'backtest')('walk.ongoing = hearOngoing(', 'hearOngoing('),
  away("view.where.until ?? Infinity, 'away'", "Infinity, 'away'"),
  ceiling('caution: 2,', 'caution: 3,'),
  mutant('inactivity', 'ceiling')('quiet < ceiling', 'quiet < Infinity'),
  alone('lastOther + (due - lastOther) / 2', 'lastOther + 9 * (due - lastOther)'),
  inactivity(
    'soonest = Math.min(soonest, Math.max(then',
    'soonest = Math.max(soonest, Math.max(then',
  ),
  inactivity('dues.findLast((each)', 'dues.find((each)'),
  learning('(at - QUARTER) / HOUR', 'at / HOUR'),
  learning('known >= FIRST_DAYS', 'known > FIRST_DAYS'),
  door('Math.max(turns, since + other)', 'since + other'),
  door('toSorted((a, b) => b - a)[1]', 'toSorted((a, b) => b - a)[0]'),
  door('since >= now - OPENINGS_KEPT', 'since >= 0'),
  meter('stuckSince(hold, role) === null && (role', '(role'),
  meter("(role !== 'plug' || hold.drew >= SHOWN)", 'true'),
  meter("if (role !== 'mains') return Infinity", ''),
  meter('value > 0 && at - until', 'at - until'),
  meter('|| stuckSince(hold, role) !== null', ''),
  meter('|| usual > STILL', ''),
  meter('since - on < SHOWN', 'false'),
  meter('at - hold.since >= LET_GO', 'false'),
  meter('value === 0 || usual === null', 'usual === null'),
  meter('value === 0 ? 0 : until - since', 'value > 9e9 ? 0 : until - since'),
  meter('if (value === 0) return LEAST', ''),
  agreement('if ((any & ~bit) === 0) return counts', ''),
  agreement('slot >= FROM && slot < TO', 'slot >= 0'),
  agreement('known.farSpoke / (known.far + DOUBT)', 'known.farSpoke / (known.far + 1)'),
  agreement('Math.max(LEAST_TRUST, ', 'Math.max(0, '),
  reliability('Math.max(trust * MOST, LEAST, 1.5 * longest)', 'Math.max(trust * MOST, LEAST)'),
  night('days < LEAST', 'days < 0'),
  night('half < DARK_TO || half >= DARK_FROM ? 2 : 1', '1'),
  visitor('inner.has(quarter - QUARTER) && ', ''),
  visitor('visitors >= 0.5 ? BY_DOOR_OF_MANY : BY_DOOR', 'BY_DOOR'),
  seen('(lastOther ?? 0) > now - STILL', '(lastOther ?? 0) > now'),
  absence('&& last - first >= STAYS', ''),
  feedback('(aways + visitors) / 2', 'aways / 2'),
  feedback('(lone ? 1 : 0.5)', '1'),
]
