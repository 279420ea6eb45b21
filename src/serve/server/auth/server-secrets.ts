import { randomBytes } from "node:crypto"
import { fromUtf8, utf8 } from "@sourceprint/core/bytes.js"
import type { CryptoProvider } from "@sourceprint/protocol/crypto-provider.js"
import { createServerSetup, opaqueReady, RECORD_BYTES } from "@sourceprint/protocol/opaque.js"
import type { KeyRing } from "../../store/key-ring.js"
import type { Store } from "../../store/store.js"
import type { ServerSecrets } from "./auth-deps.js"

/** The server's long-term secrets: made on the first start, sealed in the store ever after. Several servers on one
 *  store share them, and so are one server to a client. */
export async function loadSecrets(store: Store, keys: KeyRing, crypto: CryptoProvider): Promise<ServerSecrets> {
  await opaqueReady
  const sealed = (name: string, make: () => Uint8Array): Promise<Uint8Array> =>
    store.secret(name, keys.seal(make(), `secret/${name}`))
  const open = async (name: string, make: () => Uint8Array): Promise<Uint8Array> =>
    keys.open(await sealed(name, make), `secret/${name}`)
  return {
    identity: await crypto.signer(await open("identity", () => randomBytes(32))),
    opaqueSetup: fromUtf8(await open("opaque", () => utf8(createServerSetup()))),
    digestKey: await open("digest", () => randomBytes(32)),
    decoyRecord: await sealed("decoy", () => randomBytes(RECORD_BYTES)),
  }
}
