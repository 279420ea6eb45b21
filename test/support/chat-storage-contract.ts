import { toHex, utf8 } from "@sourceprint/core/bytes.js"
import { type ChatStorage, put, type StoredEntry } from "@sourceprint/protocol/chat/chat-storage.js"

/** One storage's medium: opened, closed and opened again in the course of a case. Runs in Node and in a page. */
export interface StorageUnderTest {
  open(): Promise<ChatStorage & { close(): void }>
}

export interface ContractCase {
  readonly name: string
  run(medium: StorageUnderTest): Promise<void>
}

function same(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw new Error(`${what}: ${a} instead of ${b}`)
}

const entry = (key: string, text: string) => put(key, utf8(text))
const texts = (entries: readonly StoredEntry[]): string[] =>
  entries.map(({ key, value }) => `${key}=${new TextDecoder().decode(value)}`)

async function refused(work: Promise<unknown>, code: string): Promise<void> {
  try {
    await work
  } catch (error) {
    return same((error as { code?: string }).code, code, "code of the refusal")
  }
  throw new Error(`not refused with ${code}`)
}

/** What every ChatStorage does. */
export const chatStorageContract: readonly ContractCase[] = [
  {
    name: "what was written is read, also after closing; a deleted key is gone; an empty value is a value",
    async run({ open }) {
      const storage = await open()
      same(await storage.read("a"), undefined, "absent")
      await storage.write([entry("a", "one"), entry("b", ""), entry("c", "three")], [])
      await storage.write([entry("a", "two")], ["c", "never/was"])
      storage.close()
      const again = await open()
      same(toHex((await again.read("a")) ?? utf8("none")), toHex(utf8("two")), "a")
      same((await again.read("b"))?.length, 0, "b")
      same(await again.read("c"), undefined, "c")
      again.close()
    },
  },
  {
    name: "a range begins with the prefix, comes in order, continues after a key and ends at the limit",
    async run({ open }) {
      const storage = await open()
      const keys = ["m/9/1", "m/1/2", "m/1/10", "m/1/1", "m/1", "m/10/1", "n/1"]
      await storage.write(
        keys.map((key) => entry(key, key)),
        [],
      )
      const range = async (prefix: string, after: string | undefined, limit: number) =>
        texts(await storage.readRange(prefix, after, limit)).map((text) => text.split("=")[0])
      same(await range("m/1/", undefined, 99), ["m/1/1", "m/1/10", "m/1/2"], "whole")
      same(await range("m/1/", "m/1/1", 1), ["m/1/10"], "after, limited")
      same(await range("m/1/", "m/1/2", 9), [], "after the last")
      same(await range("m/1/", "a", 1), ["m/1/1"], "after a key before the prefix")
      same(await range("m/1/", "z", 1), [], "after a key behind the prefix")
      same(await range("m/", undefined, 0), [], "limit 0")
      same((await range("m/", undefined, 99)).length, 6, "wider prefix")
      same(await range("x/", undefined, 99), [], "no such prefix")
      storage.close()
    },
  },
  {
    name: "batches take effect in the order of the calls, however many are under way",
    async run({ open }) {
      const storage = await open()
      const writes: Promise<void>[] = []
      for (let n = 0; n < 50; n++) {
        const big = `${n}`.padEnd(n % 2 === 0 ? 200_000 : 1)
        writes.push(storage.write([entry("last", big), entry(`n/${n}`, "x")], n > 0 ? [`n/${n - 1}`] : []))
      }
      await Promise.all(writes)
      same(new TextDecoder().decode(await storage.read("last")).trim(), "49", "last")
      same(texts(await storage.readRange("n/", undefined, 99)), ["n/49=x"], "survivor")
      storage.close()
    },
  },
  {
    name: "any bytes come back as they were, the caller's array stays its own",
    async run({ open }) {
      const storage = await open()
      const value = Uint8Array.from({ length: 70_001 }, (_, i) => (i * 31) & 0xff)
      const before = toHex(value)
      await storage.write([put("bytes", value.subarray(1))], [])
      const read = await storage.read("bytes")
      same(read && toHex(read), before.slice(2), "bytes")
      same(toHex(value), before, "argument")
      storage.close()
    },
  },
  {
    name: "a closed storage says that it is lost",
    async run({ open }) {
      const storage = await open()
      storage.close()
      await refused(storage.read("a"), "chat/storage/lost")
      await refused(storage.readRange("a", undefined, 1), "chat/storage/lost")
      await refused(storage.write([entry("a", "b")], []), "chat/storage/lost")
    },
  },
]
