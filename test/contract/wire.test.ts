import assert from "node:assert/strict"
import { test } from "node:test"
import { Rng } from "@sourceprint/core/rng.js"
import { accountCalls } from "@sourceprint/protocol/account/account-messages.js"
import {
  applicationAnswer,
  applicationEvent,
  applicationRequest,
} from "@sourceprint/protocol/application/application-frame.js"
import type { Messages } from "@sourceprint/protocol/channel.js"
import { utterance } from "@sourceprint/protocol/chat/contents.js"
import {
  chatEntry,
  identityRecord,
  knownKeys,
  pendingCommit,
  roomRecord,
  roomTask,
} from "@sourceprint/protocol/chat/room/room-record.js"
import { chatAnswers, chatEvents, chatRequests } from "@sourceprint/protocol/chat/wire.js"
import { type Codec, rest, struct, type Variants, type Whole } from "@sourceprint/protocol/codec.js"
import { faceBundleBytes } from "@sourceprint/protocol/face-bundle.js"
import { fileDescriptor } from "@sourceprint/protocol/files/file-descriptor.js"
import { fileCalls, fileState, fileUsage } from "@sourceprint/protocol/files/file-wire.js"
import { uploadRecord } from "@sourceprint/protocol/files/upload-record.js"
import { hello } from "@sourceprint/protocol/hello.js"
import { signIn } from "@sourceprint/protocol/message.js"
import fc from "fast-check"
import { invent } from "../support/inventing-reader.js"

const RUNS = 20

/** One kind of message: how values of it are made, and who decodes it. */
interface Kind {
  readonly name: string
  readonly codec: Codec<unknown>
  /** Of what travels the other way over the same channel. */
  readonly otherWay?: Codec<unknown>
  readonly code?: number
  /** Ends in as many bytes as there are: the frame around it says how many. */
  readonly isOpen: boolean
  make(rng: Rng): unknown
}

/** Bytes that stand for something in a union. */
const codesOf = (variants: Variants): number[] => Object.values(variants).map(([code]) => code)
const codes = [signIn.messages, chatRequests.messages, chatAnswers.messages, chatEvents.messages].flatMap(codesOf)

const kindsOf = (
  name: string,
  variants: Variants,
  key: string,
  codecsOf: (word: string) => Pick<Kind, "codec" | "otherWay">,
): Kind[] =>
  Object.entries(variants).map(([word, [code, shape]]) => {
    const fields = struct(shape)
    return {
      name: `${name}: ${word}`,
      code,
      ...codecsOf(word),
      isOpen: Object.values(shape).at(-1) === rest,
      make: (rng) => ({ [key]: word, ...invent(fields, rng, codes) }),
    }
  })

interface Channel {
  readonly messages: Messages
  readonly toServer: Codec<unknown>
  readonly toClient: Codec<unknown>
}
const ofChannel = (name: string, { messages, toServer, toClient }: Channel): Kind[] =>
  kindsOf(name, messages, "type", (word) =>
    messages[word]?.[2] === "toServer"
      ? { codec: toServer, otherWay: toClient }
      : { codec: toClient, otherWay: toServer },
  )
const ofForm = <T>(name: string, codec: Whole<T>, isOpen = false): Kind[] => [
  { name, codec, isOpen, make: (rng) => invent(codec.field, rng, codes) },
]

const kinds: readonly Kind[] = [
  ...ofChannel("hello", hello),
  ...ofChannel("sign-in", signIn),
  ...ofForm("application request", applicationRequest, true),
  ...ofForm("application answer", applicationAnswer, true),
  ...ofForm("application event", applicationEvent, true),
  ...kindsOf("files", fileCalls.requests, fileCalls.key, () => ({ codec: fileCalls.request })),
  ...ofForm("files: state", fileState),
  ...ofForm("files: usage", fileUsage),
  ...ofForm("file descriptor", fileDescriptor),
  ...ofForm("upload", uploadRecord),
  ...kindsOf("account", accountCalls.requests, accountCalls.key, () => ({ codec: accountCalls.request })),
  ...ofForm("face bundle", faceBundleBytes),
  ...ofChannel("chat request", chatRequests),
  ...ofChannel("chat answer", chatAnswers),
  ...ofChannel("chat event", chatEvents),
  ...ofForm("utterance", utterance),
  ...ofForm("chat record", roomRecord),
  ...ofForm("chat task", roomTask),
  ...ofForm("chat entry", chatEntry),
  ...ofForm("pending commit", pendingCommit),
  ...ofForm("identity", identityRecord),
  ...ofForm("known keys", knownKeys),
]

for (const { name, codec, otherWay, code, isOpen, make } of kinds) {
  test(`${name} round-trips; no cut of it, no byte more and no other direction is taken`, () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const value = make(new Rng(seed))
        const bytes = codec.encode(value)
        if (code !== undefined) assert.equal(bytes[0], code)
        assert.deepEqual(codec.decode(bytes), value)
        assert.equal(otherWay?.decode(bytes), undefined)
        if (isOpen) return
        for (let cut = 0; cut < bytes.length; cut++) assert.equal(codec.decode(bytes.subarray(0, cut)), undefined)
        assert.equal(codec.decode(Uint8Array.of(...bytes, 0)), undefined)
      }),
      { numRuns: RUNS, seed: 1 },
    )
  })
}

test("codes are used once in a channel, and a code that stands for nothing is refused", () => {
  const channels = [hello, signIn, chatRequests, chatAnswers, chatEvents]
  const tables: readonly (readonly [Variants, readonly Codec<unknown>[]])[] = [
    ...channels.map(({ messages, toServer, toClient }) => [messages, [toServer, toClient]] as const),
    [fileCalls.requests, [fileCalls.request]],
    [accountCalls.requests, [accountCalls.request]],
  ]
  for (const [variants, codecs] of tables) {
    const known = codesOf(variants)
    assert.equal(new Set(known).size, known.length)
    for (let code = 0; code < 256; code++) {
      if (known.includes(code)) continue
      for (const codec of codecs) {
        for (const sizeBytes of [0, 1, 16, 64, 200]) {
          assert.equal(codec.decode(Uint8Array.of(code, ...new Uint8Array(sizeBytes))), undefined)
        }
      }
    }
  }
})
