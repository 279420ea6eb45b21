import type { Socket } from "node:net"
import type { Rng } from "@sourceprint/core/rng.js"
import type { ClientDeps, ClientSession } from "@sourceprint/protocol/client-session.js"
import type { Device } from "@sourceprint/protocol/device-signature.js"
import type { FramePort } from "@sourceprint/protocol/frame-port.js"
import type { KeyStretching } from "@sourceprint/protocol/opaque.js"
import type { RunningServer, ServerTuning } from "../server/run-server.js"
import type { ServeConfig } from "../server/serve-config.js"

/** A person who is enrolled at the server under attack, with everything an attacker might have stolen from them. */
export interface Victim {
  readonly name: string
  readonly password: string
  readonly device: Device
}

/** The server under attack and the attacker's means. */
export interface AttackTarget {
  readonly victim: Victim
  /** Another device, registered for another scanner. */
  readonly otherDevice: Device
  readonly deps: ClientDeps
  readonly stretching: KeyStretching
  connect(): Promise<FramePort>
  rawConnect(): Promise<Socket>
  session(port?: FramePort): Promise<ClientSession>
  /** A picture of the victim's finger on the victim's scanner that the server has not seen: with a genuine session
   *  around it, it passes. A few touches serve for all attempts, told apart by one pixel. */
  freshImpression(): Uint8Array
  /** A touch of somebody else. */
  readonly strangersImpression: Uint8Array
  /** Moves the server's clock. */
  advanceClock(ms: number): void
  /** Stops the server and starts it again on the same store. */
  restart(): Promise<void>
  /** Enrols another person, whose device is the victim's. */
  enrol(name: string): Promise<Victim>
  /** The server as it runs now; another object after a restart. */
  server(): RunningServer
  /** Work at another server like this one, with a victim of its own, for attacks that need other bounds. */
  elsewhere<T>(bounds: Bounds, work: (target: AttackTarget) => Promise<T>): Promise<T>
}

/** What a server of an attack's own is started with, beside the trial's. */
export interface Bounds {
  readonly config?: Partial<ServeConfig>
  readonly tuning?: ServerTuning
}

/** One way in that must not be one. `attempt` counts from 0 and picks the variant, so that a class is covered
 *  evenly. */
export interface Attack {
  readonly id: string
  readonly title: string
  /** True when the attacker got what was not theirs. */
  run(target: AttackTarget, attempt: number, rng: Rng): Promise<boolean>
  /** The attempts are made at a server of their own; classes that follow each other with the same object share it. */
  readonly bounds?: Bounds
  /** Attempts that change the server as a whole (clock, restart) run alone. */
  readonly alone?: boolean
}
