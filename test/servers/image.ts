import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { z } from 'zod'

const Compose = z.object({
  services: z.record(z.string(), z.object({ image: z.string().optional() })),
})

/** The image of a service in docker-compose.yml: tests in containers use what an installation uses. */
export async function image(service: string): Promise<string> {
  const file = await readFile(new URL('../../docker-compose.yml', import.meta.url), 'utf8')
  const found = Compose.parse(parse(file)).services[service]?.image
  if (!found) throw new Error(`docker-compose.yml has no image for ${service}`)
  return found
}
