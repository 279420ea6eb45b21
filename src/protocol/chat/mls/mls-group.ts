import { equalConstantTime, fromHex, toHex } from "@sourceprint/core/bytes.js"
import { hasCode } from "@sourceprint/core/errors.js"
import {
  type ClientState,
  createApplicationMessage,
  createCommit,
  createGroup,
  emptyPskIndex,
  encodeGroupState,
  encodeMlsMessage,
  type IncomingMessageCallback,
  joinGroup,
  type KeyPackage,
  mlsExporter,
  type PrivateMessage,
  type Proposal,
  processPrivateMessage,
} from "ts-mls"
import { unprotectPrivateMessage } from "ts-mls/messageProtection.js"
import { allSecretTreeValues } from "ts-mls/secretTree.js"
import { type CertificateClaims, sameClient } from "../certificate.js"
import { ChatLimit } from "../chat-limits.js"
import type { OwnKeyPackage } from "./key-package.js"
import { claimsOf, type MlsContext } from "./mls-context.js"
import { boundTo, decodeMls, decodeState, unreadable, zero } from "./sealed-item.js"

export interface GroupMember {
  readonly leafIndex: number
  readonly claims: CertificateClaims
}

/** The next state, the bytes to send, and the keys that these bytes used up: `zeroize` overwrites them, once the next
 *  state is safely stored (the state before it cannot be used afterwards). */
export interface Sealed {
  readonly group: MlsGroup
  readonly bytes: Uint8Array
  zeroize(): void
}

export interface Committed {
  /** The state after the commit: to be taken once the server has accepted it. */
  readonly group: MlsGroup
  readonly commit: Uint8Array
  /** Empty where nobody is added. */
  readonly welcome: Uint8Array
}

export type Opened =
  | {
      readonly kind: "message"
      readonly sender: CertificateClaims
      readonly plain: Uint8Array
      readonly group: MlsGroup
      zeroize(): void
    }
  | { readonly kind: "commit"; readonly sender: CertificateClaims; readonly group: MlsGroup; zeroize(): void }

/** The members of a tree, which is a value: messages move the keys on and leave it alone, commits make another. */
const membersOf = new WeakMap<object, readonly GroupMember[]>()

/** One room's MLS group as this client sees it, at one point of the room's order. A value: every operation returns the
 *  next one. Whatever arrives is bound to (room, item id) by its additional data and to its sender by the leaf's
 *  certificate; anything that does not verify throws AppError "chat/unreadable" and changes nothing. */
export class MlsGroup {
  private constructor(
    private readonly context: MlsContext,
    private readonly state: ClientState,
  ) {}

  /** A new group whose only member is the holder of `own`. The group's id is the room's. */
  static async create(context: MlsContext, roomId: string, own: OwnKeyPackage): Promise<MlsGroup> {
    const { suite, config } = context
    const { publicPackage, privatePackage } = own
    return new MlsGroup(context, await createGroup(fromHex(roomId), publicPackage, privatePackage, [], suite, config))
  }

  /** From the welcome of a commit that was made in `epoch`. `find` gives the own key package of a reference. */
  static async join(
    context: MlsContext,
    roomId: string,
    epoch: number,
    welcomeBytes: Uint8Array,
    find: (reference: string) => Promise<OwnKeyPackage | undefined>,
  ): Promise<{ readonly group: MlsGroup; readonly used: OwnKeyPackage }> {
    const message = decodeMls(welcomeBytes)
    if (message?.wireformat !== "mls_welcome") throw unreadable("not a welcome message")
    for (const { newMember } of message.welcome.secrets) {
      const used = await find(toHex(newMember))
      if (used === undefined) continue
      const { publicPackage, privatePackage } = used
      const { suite, config } = context
      const state = await joinGroup(
        message.welcome,
        publicPackage,
        privatePackage,
        emptyPskIndex,
        suite,
        undefined,
        undefined,
        config,
      ).catch((error: unknown) => {
        throw unreadable("a welcome that does not verify", error)
      })
      const group = new MlsGroup(context, state)
      group.demandRoom(roomId, epoch + 1)
      group.demandOneLeafEach()
      return { group, used }
    }
    throw unreadable("a welcome for none of this client's key packages")
  }

  /** Undefined for bytes that `encode` did not write. */
  static decode(context: MlsContext, bytes: Uint8Array): MlsGroup | undefined {
    const decoded = decodeState(bytes)
    return decoded && new MlsGroup(context, { ...decoded, clientConfig: context.config })
  }

  encode = (): Uint8Array => encodeGroupState(this.state)

  get roomId(): string {
    return toHex(this.state.groupContext.groupId)
  }

  get epoch(): number {
    return Number(this.state.groupContext.epoch)
  }

  /** False once a commit has removed this client. */
  get active(): boolean {
    return this.state.groupActiveState.kind === "active"
  }

  members(): readonly GroupMember[] {
    const { ratchetTree } = this.state
    const known = membersOf.get(ratchetTree)
    if (known !== undefined) return known
    const members = ratchetTree.flatMap((node, index) =>
      node?.nodeType === "leaf" ? [{ leafIndex: index / 2, claims: claimsOf(node.leaf.credential) }] : [],
    )
    membersOf.set(ratchetTree, members)
    return members
  }

  /** A member's claims by its leaf. */
  private memberAt(leafIndex: number | undefined): CertificateClaims {
    const node = leafIndex === undefined ? undefined : this.state.ratchetTree[2 * leafIndex]
    if (node?.nodeType !== "leaf") throw unreadable("a sender who is not a member")
    return claimsOf(node.leaf.credential)
  }

  async seal(itemId: string, plain: Uint8Array): Promise<Sealed> {
    const { suite } = this.context
    const bound = boundTo(this.roomId, itemId)
    const { newState, privateMessage, consumed } = await createApplicationMessage(this.state, plain, suite, bound)
    return {
      group: this.next(newState),
      bytes: encodeMlsMessage({ version: "mls10", wireformat: "mls_private_message", privateMessage }),
      zeroize: () => zero(consumed),
    }
  }

  /** `remove` are clients of members; a client cannot be removed and added in one commit (the library compares
   *  signature keys with the tree before the removal). This group stays usable: the commit may lose its race. */
  async commit(itemId: string, add: readonly KeyPackage[], remove: readonly string[]): Promise<Committed> {
    const leaves = new Map(this.members().map(({ leafIndex, claims }) => [claims.clientId, leafIndex]))
    const proposals: Proposal[] = [
      ...remove.map((clientId): Proposal => {
        const removed = leaves.get(clientId)
        if (removed === undefined) throw new RangeError("only a member can be removed")
        return { proposalType: "remove", remove: { removed } }
      }),
      ...add.map((keyPackage): Proposal => ({ proposalType: "add", add: { keyPackage } })),
    ]
    const { newState, commit, welcome } = await createCommit(
      { state: this.state, cipherSuite: this.context.suite },
      {
        extraProposals: proposals,
        ratchetTreeExtension: true,
        authenticatedData: boundTo(this.roomId, itemId),
      },
    )
    const group = this.next(newState)
    group.demandOneLeafEach()
    return {
      group,
      commit: encodeMlsMessage(commit),
      welcome:
        welcome === undefined
          ? new Uint8Array(0)
          : encodeMlsMessage({ version: "mls10", wireformat: "mls_welcome", welcome }),
    }
  }

  /** An item that another client sealed: a message or a commit of this very epoch. */
  async open(itemId: string, kind: "message" | "commit", bytes: Uint8Array): Promise<Opened> {
    const decoded = decodeMls(bytes)
    if (decoded?.wireformat !== "mls_private_message") throw unreadable("not a sealed item")
    const sealed = decoded.privateMessage
    if (!equalConstantTime(sealed.groupId, this.state.groupContext.groupId)) throw unreadable("another room")
    if (sealed.epoch !== this.state.groupContext.epoch) throw unreadable("another epoch")
    if (!equalConstantTime(sealed.authenticatedData, boundTo(this.roomId, itemId))) {
      throw unreadable("another item's id")
    }
    if (sealed.contentType !== (kind === "message" ? "application" : "commit")) throw unreadable("another kind")
    try {
      return kind === "message" ? await this.openMessage(sealed) : await this.openCommit(sealed)
    } catch (error) {
      throw hasCode(error, "chat/unreadable") ? error : unreadable("an item that does not verify", error)
    }
  }

  /** Through messageProtection, since the library's own entry point hides who sent a message. */
  private async openMessage(sealed: PrivateMessage): Promise<Opened> {
    const { keySchedule, secretTree, ratchetTree, groupContext } = this.state
    const { content, tree, consumed } = await unprotectPrivateMessage(
      keySchedule.senderDataSecret,
      sealed,
      secretTree,
      ratchetTree,
      groupContext,
      this.context.config.keyRetentionConfig,
      this.context.suite,
    )
    const framed = content.content
    if (framed.contentType !== "application" || framed.sender.senderType !== "member") {
      throw unreadable("not a member's message")
    }
    const { leafIndex } = framed.sender
    if (leafIndex === this.state.privatePath.leafIndex) throw unreadable("this client's own message, reflected")
    return {
      kind: "message",
      sender: this.memberAt(leafIndex),
      plain: framed.applicationData,
      group: new MlsGroup(this.context, { ...this.state, secretTree: tree }),
      zeroize: () => zero(consumed),
    }
  }

  private async openCommit(sealed: PrivateMessage): Promise<Opened> {
    let committer: number | undefined
    const policy: IncomingMessageCallback = (incoming) => {
      if (incoming.kind !== "commit") return "reject"
      committer = incoming.senderLeafIndex
      const simple = incoming.proposals.every(
        ({ proposal, senderLeafIndex }) =>
          senderLeafIndex === committer && (proposal.proposalType === "add" || proposal.proposalType === "remove"),
      )
      return simple ? "accept" : "reject"
    }
    const { suite } = this.context
    const result = await processPrivateMessage(this.state, sealed, emptyPskIndex, suite, policy)
    if (result.kind !== "newState" || result.actionTaken !== "accept") {
      throw unreadable("a commit of more than adding and removing")
    }
    const sender = this.memberAt(committer)
    if (committer === this.state.privatePath.leafIndex) throw unreadable("this client's own commit, reflected")
    const group = this.next(result.newState)
    if (group.active) {
      group.demandOneLeafEach()
      this.demandSameClients(group, result.newState)
    }
    return { kind: "commit", sender, group, zeroize: () => this.zeroize() }
  }

  /** 32 bytes that only the members of this epoch know. */
  exportKey(label: string): Promise<Uint8Array> {
    const { exporterSecret } = this.state.keySchedule
    return mlsExporter(exporterSecret, label, new Uint8Array(0), 32, this.context.suite)
  }

  /** Zeroes what only this epoch needed. Once the state of a later epoch is stored. */
  zeroize(): void {
    zero(allSecretTreeValues(this.state.secretTree))
    zero(Object.values(this.state.keySchedule) as Uint8Array[])
  }

  /** Without the keys that the library keeps of past epochs. */
  private next(state: ClientState): MlsGroup {
    return new MlsGroup(this.context, { ...state, historicalReceiverData: new Map() })
  }

  private demandRoom(roomId: string, epoch: number): void {
    if (this.roomId !== roomId || this.epoch !== epoch) throw unreadable("a welcome to another room or epoch")
  }

  private demandOneLeafEach(): void {
    const members = this.members()
    const clients = new Set(members.map(({ claims }) => claims.clientId))
    if (clients.size !== members.length) throw unreadable("two leaves of one client")
    if (members.length > ChatLimit.membersPerRoom) throw unreadable("more members than a room may have")
  }

  /** A commit may renew its maker's certificate but never turn a leaf into somebody else. */
  private demandSameClients(after: MlsGroup, state: ClientState): void {
    const before = new Map(this.members().map((member) => [member.leafIndex, member]))
    for (const { leafIndex, claims } of after.members()) {
      const old = before.get(leafIndex)
      const node = state.ratchetTree[2 * leafIndex]
      const updated = node?.nodeType === "leaf" && node.leaf.leafNodeSource === "commit"
      if (old !== undefined && updated && !sameClient(old.claims, claims)) {
        throw unreadable("a leaf that became somebody else")
      }
    }
  }
}
