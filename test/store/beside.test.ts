import pg from 'pg'
import { expect, inject } from 'vitest'
import { NotAReplay, openBeside } from '../../services/store/beside.ts'
import { onServer, test } from '../database.ts'

const never = () => false

async function on(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

test('a replay makes its database anew, and drops none that it has not made', async ({
  url,
  onTestFinished,
}) => {
  const name = `${new URL(url).pathname.slice(1)}_replay`
  onTestFinished(() =>
    onServer(inject('postgres'), (server) =>
      server.query(`drop database if exists ${name} with (force)`),
    ),
  )
  // One that nobody has filled is taken.
  await on(url, `create database ${name}`)
  const beside = await openBeside(url, name, never)
  await on(beside, 'create table lived (n int)')
  expect(await openBeside(url, name, never)).toBe(beside)
  expect(await on(beside, `select to_regclass('lived') as found`)).toEqual([{ found: null }])
  await on(url, `drop database ${name}`)
  await on(url, `create database ${name}`)
  await on(beside, 'create table precious (n int)')
  await expect(openBeside(url, name, never)).rejects.toThrow(NotAReplay)
  expect(await on(beside, `select to_regclass('precious')::text as found`)).toEqual([
    { found: 'precious' },
  ])
})
