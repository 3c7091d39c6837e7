import type pg from 'pg'
import { Gauge, Registry } from 'prom-client'
import type { Clock } from '../core/time.ts'
import { type Figures, readFigures } from '../store/figures.ts'
import { readLateness } from '../store/lateness.ts'

/**
 * The alert side as gauges for Prometheus: read anew with each look, and none of them names anybody. Null while the
 * database is away. Lengths of time are in seconds.
 */
export async function metrics(pool: pg.Pool, clock: Clock): Promise<string | null> {
  const lateness = await readLateness(pool, clock)
  if (!lateness) return null
  const now = clock.now()
  const ago = (at: number | null) => (at === null ? 0 : Math.max(0, now - at) / 1000)
  const registry = new Registry()
  const tell = teller(registry)
  alerts(tell, await readFigures(pool, now), ago)
  tell(
    'anbu_lag_seconds',
    'How long the oldest thing of each kind has been overdue.',
    ['what'],
    [...Object.entries(lateness.overdue).map(([what, at]) => ({ what, value: ago(at) }))],
  )
  tell(
    'anbu_pulse_age_seconds',
    'How long ago each service said that it works.',
    ['service'],
    [...[...lateness.pulses].map(([service, at]) => ({ service, value: ago(at) }))],
  )
  return await registry.metrics()
}

type Sample = Readonly<Record<string, string | number>> & { readonly value: number }
type Tell = (name: string, help: string, labels: string[], samples: readonly Sample[]) => void

function teller(registry: Registry): Tell {
  return (name, help, labelNames, samples) => {
    const gauge = new Gauge({ name, help, labelNames, registers: [registry] })
    for (const { value, ...labels } of samples) gauge.set(labels, value)
  }
}

function alerts(tell: Tell, figures: Figures, ago: (at: number) => number): void {
  const counted = <Row extends { count: number }>({ count, ...labels }: Row) => ({
    ...labels,
    value: count,
  })
  tell(
    'anbu_open_alerts',
    'Open alerts. purpose: home, office (its own set-up) or exercise.',
    ['purpose', 'kind', 'grade', 'state'],
    figures.open.map(counted),
  )
  tell(
    'anbu_oldest_unanswered_seconds',
    'For how long the oldest alert has waited that staff were told of and nobody has.',
    ['grade'],
    figures.unanswered.map(({ grade, since }) => ({ grade, value: ago(since) })),
  )
  tell(
    'anbu_messages_last_hour',
    'Messages planned in the last hour, by what became of them.',
    ['channel', 'state'],
    figures.messages.map(counted),
  )
  tell(
    'anbu_messages_waiting',
    'Messages to be sent or on their way.',
    ['channel'],
    figures.waiting.map(counted),
  )
  tell(
    'anbu_dead_addresses',
    'Addresses of staff where nothing can arrive.',
    ['channel'],
    figures.dead.map(counted),
  )
  tell(
    'anbu_channel_fault',
    '1 for a channel that reaches nobody as it is set up.',
    ['channel'],
    figures.faults.map(({ channel }) => ({ channel, value: 1 })),
  )
  tell(
    'anbu_providers_resting',
    'Providers that failed so often of late that they are left alone.',
    [],
    [{ value: figures.resting }],
  )
}
