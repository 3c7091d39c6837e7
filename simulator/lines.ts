import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { type Readable, pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** What cannot be read as a recording, and why; trying again does not help. */
export class NotARecording extends Error {}

// A line of any recording is far shorter: this is a file of another kind, and would fill the memory.
const LONGEST_LINE = 1_000_000

/** The lines of a text file, gzipped or not, in pieces of many, without their ends. */
export async function* linesOf(path: string): AsyncGenerator<readonly string[]> {
  let rest = ''
  try {
    for await (const piece of (await openText(path)).setEncoding('utf8')) {
      const lines = `${rest}${piece}`.split(LINE_END)
      rest = lines.pop() ?? ''
      if (rest.length > LONGEST_LINE)
        throw new NotARecording(`${path} has a line of over a million characters`)
      yield lines
    }
  } catch (error) {
    if (error instanceof NotARecording) throw error
    throw new NotARecording(`${path} cannot be read to its end`, { cause: error })
  }
  if (rest !== '') yield [rest]
}

const LINE_END = /\r?\n/

// As much as is needed to tell what a file is: some formats begin with a page about themselves.
const HEAD = 16_384

/** The first lines of a text file, gzipped or not, without blanks around them and without empty ones. */
export async function headOf(path: string): Promise<readonly string[]> {
  let head = ''
  try {
    for await (const piece of (await openText(path)).setEncoding('utf8')) {
      head += String(piece)
      if (head.length >= HEAD) break
    }
  } catch (error) {
    throw new NotARecording(`${path} cannot be read`, { cause: error })
  }
  return head
    .slice(0, HEAD)
    .split(LINE_END)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

// A day of a home's history is some MB; what is larger is no export of one home.
const LARGEST = 200_000_000

/** All of a text file, gzipped or not. */
export async function textOf(path: string): Promise<string> {
  const pieces: string[] = []
  let size = 0
  try {
    for await (const piece of (await openText(path)).setEncoding('utf8')) {
      pieces.push(String(piece))
      size += String(piece).length
      if (size > LARGEST) throw new NotARecording(`${path} has over 200 million characters`)
    }
  } catch (error) {
    if (error instanceof NotARecording) throw error
    throw new NotARecording(`${path} cannot be read to its end`, { cause: error })
  }
  return pieces.join('')
}

async function openText(path: string): Promise<Readable> {
  const zipped = await isGzip(path)
  const source = createReadStream(path)
  // A failure of either ends the other, and is thrown to who reads.
  return zipped ? pipeline(source, createGunzip(), () => undefined) : source
}

// RFC 1952, section 2.3.1: ID1 and ID2.
async function isGzip(path: string): Promise<boolean> {
  await using file = await open(path)
  const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0)
  return buffer[0] === 0x1f && buffer[1] === 0x8b
}
