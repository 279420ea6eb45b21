/** Codes of the R307 family (ZFM-20 protocol). Source: R307 fingerprint module user manual v1.20 (Hangzhou Grow),
 *  sections "system parameters" and "instructions"; 0x35 to 0x40 and the codes from 0x1f on that the R307 does not know
 *  from the R503 manual v1.2.2; 0x50 to 0x53 from the ZFM-70 manual v1.0 (Zhiantec). */
export const DEFAULT_ADDRESS = 0xffffffff
export const DEFAULT_PASSWORD = 0x00000000

export const Instruction = {
  genImg: 0x01,
  img2Tz: 0x02,
  match: 0x03,
  search: 0x04,
  regModel: 0x05,
  store: 0x06,
  loadChar: 0x07,
  upChar: 0x08,
  downChar: 0x09,
  upImage: 0x0a,
  downImage: 0x0b,
  deleteChar: 0x0c,
  empty: 0x0d,
  setSysPara: 0x0e,
  readSysPara: 0x0f,
  setPwd: 0x12,
  vfyPwd: 0x13,
  getRandomCode: 0x14,
  setAddr: 0x15,
  writeNotepad: 0x18,
  readNotepad: 0x19,
  highSpeedSearch: 0x1b,
  templateNum: 0x1d,
  readConList: 0x1f,
  auraLed: 0x35,
  checkSensor: 0x36,
  readProdInfo: 0x3c,
  handshake: 0x40,
  ledOn: 0x50,
  ledOff: 0x51,
  getEcho: 0x53,
} as const
export type InstructionName = keyof typeof Instruction

export const Confirmation = {
  ok: 0x00,
  receiveError: 0x01,
  noFinger: 0x02,
  enrolFail: 0x03,
  tooMessy: 0x06,
  tooFewPoints: 0x07,
  noMatch: 0x08,
  notFound: 0x09,
  combineFail: 0x0a,
  badPage: 0x0b,
  templateRead: 0x0c,
  uploadTemplate: 0x0d,
  cannotReceiveData: 0x0e,
  uploadImage: 0x0f,
  deleteFail: 0x10,
  clearFail: 0x11,
  wrongPassword: 0x13,
  noPrimaryImage: 0x15,
  flashError: 0x18,
  badRegister: 0x1a,
  badRegisterValue: 0x1b,
  badNotepadPage: 0x1c,
  portFail: 0x1d,
  libraryFull: 0x1f,
  badAddress: 0x20,
  passwordNeeded: 0x21,
  templateEmpty: 0x22,
  libraryEmpty: 0x24,
  timeout: 0x26,
  alreadyStored: 0x27,
  sensorFault: 0x29,
  /** What GetEcho answers in place of 0x00. */
  echo: 0x55,
  unsupported: 0xfc,
  hardwareFault: 0xfd,
  failed: 0xfe,
} as const

/** Parameter numbers of SetSysPara. */
export const SystemParameter = { baud: 4, securityLevel: 5, packetSize: 6 } as const

/** Packet body sizes in bytes, by their code 0-3. */
export const PACKET_SIZES_BYTES = [32, 64, 128, 256] as const
export type PacketSizeBytes = (typeof PACKET_SIZES_BYTES)[number]

/** Speeds the device can be set to: 9600 × N, N = 1-12. */
export const BAUD_STEP = 9600
/** The order of a search for the device's speed: the factory's, the fastest, the slowest, then the rest. */
export const BAUDS_BY_LIKELIHOOD = [
  57600, 115200, 9600, 38400, 19200, 28800, 48000, 67200, 76800, 86400, 96000, 105600,
] as const
/** Speeds that ordinary adapters know, fastest first. */
export const TUNABLE_BAUDS = [115200, 57600, 38400, 19200, 9600] as const

export const NOTEPAD_PAGES = 16
export const NOTEPAD_PAGE_BYTES = 32
/** Templates a page of the index table covers, one bit each. */
export const INDEX_PAGE_TEMPLATES = 256
