/** The peer of a transfer: the same bytes over the same kind of socket into a file and back, without sealing, without
 *  chunks, without a database. `node plain-copy-child.js <file>` listens, says its port, takes one upload and gives one
 *  download. */
import { createReadStream, createWriteStream } from "node:fs"
import { open } from "node:fs/promises"
import { createServer } from "node:net"
import { pipeline } from "node:stream/promises"

const path = process.argv[2]
let connections = 0
const server = createServer({ allowHalfOpen: true }, async (socket) => {
  if (connections++ > 0) {
    await pipeline(createReadStream(path), socket)
    server.close()
    return
  }
  await pipeline(socket, createWriteStream(path), { end: true })
  const file = await open(path, "r+")
  await file.sync()
  await file.close()
  socket.end("done")
})
server.listen({ port: 0, host: "127.0.0.1" }, () => {
  const address = server.address()
  process.stdout.write(`${typeof address === "object" ? address?.port : ""}\n`)
})
