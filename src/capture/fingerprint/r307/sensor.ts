import { withRetry } from "@sourceprint/core/async/with-retry.js"
import { AppError, hasCode } from "@sourceprint/core/errors.js"
import { type Log, silentLog } from "@sourceprint/core/log.js"
import type { CapturedImage, LedSetting, Sensor, SensorOptions, TuneReport, TuneTrial } from "../../sensor.js"
import type { Transport } from "../../transport.js"
import type { R307Acquisition } from "./acquisition.js"
import { probeBaud } from "./baud-probe.js"
import { DEFAULT_ADDRESS, DEFAULT_PASSWORD, PACKET_SIZES_BYTES, SystemParameter } from "./constants.js"
import { expandImage, type Geometry, geometryOf } from "./image-decoder.js"
import * as r307 from "./instructions.js"
import { defaultDeadlines, type LinkDeadlines, R307Link } from "./link.js"
import { payloadLineTimeMs } from "./packet.js"
import type { ProductInfo } from "./product-info.js"
import { hasInstruction, type R307Profile, requireInstruction } from "./profile.js"
import { r307 as defaultProfile } from "./profiles/r307.js"
import type { SystemParameters } from "./system-parameters.js"
import { tuneLine } from "./tune.js"
import { encodeUnitLabel, LABEL_PAGE, parseUnitLabel } from "./unit-label.js"
import { type Upload, upload } from "./upload.js"

export interface R307Options extends SensorOptions {
  /** Which module of the family; the R307. */
  readonly profile?: R307Profile
  /** Told by the operator for a module whose geometry neither it nor the table knows. */
  readonly geometry?: Geometry
  readonly maxTransfers?: number
  readonly reconnectDeadlineMs?: number
  readonly deadlines?: LinkDeadlines
}

/** For a question that not every firmware knows. */
const ASIDE_DEADLINE_MS = 300

/** A module of the R307's family over any transport. Calls must not overlap. */
export class R307Sensor implements Sensor {
  readonly type: string
  readonly model: string
  product: ProductInfo | undefined
  private parameters: SystemParameters | undefined
  private geometry: Geometry | undefined
  /** The handshake that its firmware knows, once it has answered one. */
  private greeting: (() => r307.Command<void>) | undefined
  private readonly profile: R307Profile
  private readonly link: R307Link
  private readonly log: Log
  private readonly password: number

  private constructor(
    transport: Transport,
    private readonly options: R307Options,
  ) {
    this.log = options.log ?? silentLog
    this.password = options.password ?? DEFAULT_PASSWORD
    this.profile = options.profile ?? defaultProfile
    this.type = this.profile.id
    this.model = this.profile.model
    const { widthPx: width, heightPx: height, anySize } = this.profile
    this.geometry = options.geometry ?? (anySize === true ? undefined : { width, height })
    const deadlines = options.deadlines ?? defaultDeadlines
    this.link = new R307Link(transport, options.address ?? DEFAULT_ADDRESS, this.log, deadlines)
    this.link.model = this.model
  }

  /** Opens the line, finds the speed, proves the password and reads the device's settings.
   *  @throws AppError "transport/…" | "sensor/no-answer" | "sensor/wrong-password" | … */
  static async open(transport: Transport, options: R307Options = {}): Promise<R307Sensor> {
    const sensor = new R307Sensor(transport, options)
    try {
      await sensor.connect()
      return sensor
    } catch (error) {
      await sensor.close()
      throw error
    }
  }

  get name(): string {
    return `${this.model} on ${this.link.transport.name}`
  }

  /** The device's settings as last read. */
  get settings(): SystemParameters {
    if (this.parameters === undefined) throw new TypeError("the sensor is not open")
    return this.parameters
  }

  private async connect(): Promise<void> {
    await this.link.open()
    await probeBaud(this.link, this.password, this.parameters?.baud ?? this.options.baud ?? 57600)
    await this.ask(() => r307.vfyPwd(this.password)).catch((error: unknown) => {
      if (!hasCode(error, "sensor/wrong-password")) throw error
      const cure =
        "the factory's is 00000000; a forgotten one cannot be read out or reset over the wire: ask whoever set it, " +
        "look into the program that used the module before, or replace the module"
      const text = `${this.link.transport.name} refuses the password; give the right one with --password (${cure})`
      throw new AppError("sensor/wrong-password", text, { cause: error })
    })
    await this.readSettings()
    if (hasInstruction(this.profile, "handshake")) await this.greet()
    if (hasInstruction(this.profile, "checkSensor")) await this.ask(() => r307.checkSensor())
    if (hasInstruction(this.profile, "readProdInfo") || this.profile.anySize === true)
      this.product ??= await this.readProduct()
  }

  /** HandShake, or GetEcho where the firmware is older: both say that the module is ready.
   *  @throws AppError "sensor/handshake" when it knows neither */
  private async greet(): Promise<void> {
    const known = this.greeting === undefined ? [r307.handshake, r307.getEcho] : [this.greeting]
    for (const greeting of known) {
      try {
        await this.link.command(greeting(), ASIDE_DEADLINE_MS)
        this.greeting = greeting
        return
      } catch (error) {
        const unknown = ["sensor/no-answer", "sensor/unsupported", "sensor/receive"]
        if (!unknown.some((code) => hasCode(error, code))) throw error
        await this.link.settle() // a late answer must not be taken for another
      }
    }
    const cure = "is it the sensor that was chosen? --sensor r307 takes any module of the family"
    throw new AppError("sensor/handshake", `${this.name} answers neither handshake (0x40, 0x53); ${cure}`)
  }

  /** ReadSysPara; deadlines follow the speed that the device reports. */
  async readSettings(): Promise<SystemParameters> {
    this.parameters = await this.ask(() => r307.readSysPara())
    this.link.baud = this.parameters.baud
    return this.parameters
  }

  /** @throws AppError "sensor/other-model" when it tells another size than the chosen profile's */
  private async readProduct(): Promise<ProductInfo | undefined> {
    let product: ProductInfo
    try {
      product = await this.link.command(r307.readProdInfo(), ASIDE_DEADLINE_MS)
    } catch (error) {
      if (!(error instanceof AppError) || error.code.startsWith("transport/")) throw error
      await this.link.settle() // older modules do not know the question; a late answer must not be taken for another
      return undefined
    }
    const { model, width, height } = product
    if (width === 0 || height === 0) return product
    const { widthPx, heightPx, anySize } = this.profile
    const chosen = anySize !== true && this.options.geometry === undefined
    if (chosen && (width !== widthPx || height !== heightPx)) {
      const told = `${this.name} says that it is a ${model} of ${width} × ${height} pixels`
      const due = `${widthPx} × ${heightPx}`
      throw new AppError("sensor/other-model", `${told}, not ${due}; choose the right sensor with --sensor`)
    }
    this.geometry ??= { width, height }
    return product
  }

  /** One command, sent up to three times when noise spoils it. The instructions used through it may be repeated without
   *  harm. @throws AppError "sensor/unsupported" for one that this module lacks */
  async ask<Answer>(make: () => r307.Command<Answer>): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const command = make()
      requireInstruction(this.profile, command.name)
      try {
        return await this.link.command(command)
      } catch (error) {
        const again =
          hasCode(error, "sensor/no-answer") || hasCode(error, "sensor/bad-answer") || hasCode(error, "sensor/receive")
        if (!again || attempt === 3) throw error
        this.log.warn("r307.again", { port: this.link.transport.name, why: error.message })
        await this.link.settle()
      }
    }
  }

  look(): Promise<boolean> {
    return this.ask(() => r307.genImg())
  }

  /** Of one image on the line: two pixels a byte. */
  get imageBytes(): number {
    const { width, height } = this.geometry ?? { width: this.profile.widthPx, height: this.profile.heightPx }
    return (width * height) / 2
  }

  async read(): Promise<CapturedImage<R307Acquisition>> {
    const startMs = performance.now()
    const told = this.geometry
    const { payload: raw, transfers } = await this.upload(r307.upImage(), this.imageBytes, (size) =>
      geometryOf(size, told),
    )
    const transferMs = Math.round(performance.now() - startMs)
    this.geometry = geometryOf(raw.length, told)
    const { expansion = "x17" } = this.options
    const { baud, packetSizeBytes } = this.settings
    return {
      image: expandImage(raw, this.geometry, expansion, this.profile.dpi),
      bitDepth: 4,
      raw,
      acquisition: { expansion, baud, packetSizeBytes, transfers, transferMs },
      capturedAtMs: Date.now(),
    }
  }

  tune(onTrial?: (trial: TuneTrial) => void): Promise<TuneReport> {
    return tuneLine(this, onTrial)
  }

  setLed(setting: LedSetting): Promise<void> {
    return this.ask(() => r307.auraLed(setting))
  }

  private upload(
    command: r307.Command<void>,
    expectedBytes: number,
    requireSize: (n: number) => void,
  ): Promise<Upload> {
    return upload(this.link, command, {
      expectedBytes,
      packetSizeBytes: this.settings.packetSizeBytes,
      requireSize,
      maxTransfers: this.options.maxTransfers ?? 6,
      log: this.log,
    })
  }

  /** A template from one of the device's buffers (its format is the maker's own). */
  async readTemplate(bufferId: number): Promise<Uint8Array> {
    const { payload } = await this.upload(r307.upChar(bufferId), this.profile.templateBytes, (size) => {
      if (size === 0) throw new AppError("image/geometry", "an empty template")
    })
    return payload
  }

  /** Puts a template into the device's buffer and proves that it arrived. */
  async writeTemplate(bufferId: number, template: Uint8Array): Promise<void> {
    await this.download(() => r307.downChar(bufferId), template)
    const back = await this.readTemplate(bufferId)
    if (back.length !== template.length || back.some((byte, i) => byte !== template[i])) {
      throw new AppError("sensor/transfer", `${this.name} did not receive the template intact; try again`)
    }
  }

  /** Puts an image into the device's image buffer. */
  writeImage(packed: Uint8Array): Promise<void> {
    return this.download(() => r307.downImage(), packed)
  }

  private async download(make: () => r307.Command<void>, payload: Uint8Array): Promise<void> {
    await this.ask(make)
    await this.link.sendData(payload, this.settings.packetSizeBytes)
    const lineMs = payloadLineTimeMs(payload.length, this.settings.packetSizeBytes, this.link.baud)
    this.parameters = await this.link.command(r307.readSysPara(), 1000 + 1.2 * lineMs) // answered after the data
  }

  /** Two impressions of one finger become a stored template. Call after a successful `look` each time.
   *  @param step 1 for the first impression, 2 for the second */
  async enrolTouch(step: 1 | 2, page: number): Promise<void> {
    await this.ask(() => r307.img2Tz(step))
    if (step === 1) return
    await this.ask(() => r307.regModel())
    await this.ask(() => r307.store(1, page))
  }

  /** Searches the whole library for the finger of the last `look`. */
  async identify(): Promise<r307.SearchHit | undefined> {
    await this.ask(() => r307.img2Tz(1))
    return this.ask(() => r307.search(1, 0, this.settings.librarySize))
  }

  async readLabel(): Promise<string | undefined> {
    try {
      return parseUnitLabel(await this.ask(() => r307.readNotepad(LABEL_PAGE)))
    } catch (error) {
      if (error instanceof AppError && error.code.startsWith("sensor/")) return undefined
      throw error
    }
  }

  /** Writes the unit's name into the module's notepad: two adapters that swap ports are then told apart.
   *  @throws AppError "sensor/parameter" for a name of more than 29 bytes */
  async writeLabel(unit: string): Promise<void> {
    await this.ask(() => r307.writeNotepad(LABEL_PAGE, encodeUnitLabel(unit)))
  }

  /** Pages that hold a template. */
  async storedPages(): Promise<readonly number[]> {
    const pages: number[] = []
    for (let index = 0; index * 256 < Math.min(1024, this.settings.librarySize); index++) {
      pages.push(...(await this.ask(() => r307.readConList(index))))
    }
    return pages
  }

  async setPacketSize(packetSizeBytes: number): Promise<void> {
    const code = (PACKET_SIZES_BYTES as readonly number[]).indexOf(packetSizeBytes)
    if (code === -1) throw new AppError("sensor/parameter", `the packet size is 32, 64, 128 or 256 bytes`)
    await this.ask(() => r307.setSysPara(SystemParameter.packetSize, code))
    await this.readSettings()
  }

  /** Sets the speed of device and line, and proves it; when it fails, the speed is searched for.
   *  @throws AppError "transport/no-speed" on a line that has none (TCP): the far end would be lost */
  async setBaud(baud: number): Promise<void> {
    if (!(await this.link.transport.setBaud(this.settings.baud))) {
      const text = `${this.link.transport.name} has no speed of its own; set it at the far end and on the device there`
      throw new AppError("transport/no-speed", text)
    }
    await this.link.command(r307.setSysPara(SystemParameter.baud, baud / 9600)).catch((error: unknown) => {
      if (!hasCode(error, "sensor/no-answer") && !hasCode(error, "sensor/bad-answer")) throw error
    }) // some firmware answers at the new speed already: the probe finds out
    await probeBaud(this.link, this.password, baud)
    await this.readSettings()
  }

  async setSecurityLevel(level: number): Promise<void> {
    await this.ask(() => r307.setSysPara(SystemParameter.securityLevel, level))
    await this.readSettings()
  }

  /** Sets the device's address; from then on it answers to no other. */
  async setAddress(address: number): Promise<void> {
    const command = r307.setAddr(address)
    const old = this.link.address
    this.link.address = address
    await this.link.transport.discardInput()
    await this.link.commandTo(old, command)
    await this.readSettings()
  }

  async reconnect(): Promise<void> {
    const endMs = performance.now() + (this.options.reconnectDeadlineMs ?? 30_000)
    const again = async (): Promise<void> => {
      await this.link.close()
      await this.connect()
    }
    await withRetry(again, {
      firstMs: 50,
      longestMs: 1000,
      mayPass: (error) => error instanceof AppError && /^(transport\/|sensor\/no-answer)/.test(error.code),
      onFailure(error, _failures, waitMs) {
        if (performance.now() + waitMs > endMs) throw error
      },
    })
    this.log.info("r307.reconnected", { port: this.link.transport.name })
  }

  close(): Promise<void> {
    return this.link.close()
  }
}
