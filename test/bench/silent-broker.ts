// A broker in a process of its own that lets everybody in and stores nothing. Usage: fork it; it sends { port }.
import { createServer } from 'node:net'
import { Aedes } from 'aedes'

const aedes = await Aedes.createBroker({ concurrency: 10_000 })
const server = createServer((socket) => {
  aedes.handle(socket)
})
server.listen(0, '127.0.0.1', 4096, () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' && address ? address.port : 0 })
})
process.on('disconnect', () => process.exit(0))
