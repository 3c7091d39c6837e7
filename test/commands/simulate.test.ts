import { expect, test } from 'vitest'
import { openBroker } from '../simulator/broker.ts'
import { anbu } from './terminal.ts'

test('homes that a broker does not let in end it, with what would have them let in', async () => {
  await using broker = await openBroker()
  const homes = ['ordinary', '--homes', '2', '--mqtt-url', broker.url]
  const nowhere = 'postgres://nobody@127.0.0.1:1/none'
  const { code, stderr } = await anbu(nowhere, 'simulate', ...homes, '--password', 'guessed')
  expect(code).toBe(1)
  expect(stderr).toMatch(/gateway gw-\S+ is refused.*--register/)
  expect(stderr).not.toContain('"stack"')
})
