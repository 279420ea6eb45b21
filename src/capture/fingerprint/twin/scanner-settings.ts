import { z } from "zod"

/** A standard deviation or bound between units: zero makes all units of the model alike in this respect. */
const strength = (max: number, standard: number, what: string) =>
  z.number().min(0).max(max).default(standard).describe(what)

/** What every unit of one model shares. Grey levels are DN of the 8-bit scale. */
export const ScannerModelSettings = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .default("r307-twin"),
  widthPx: z.int().min(64).max(640).default(256), // R307 image: 256 × 288 (manual, UpImage)
  heightPx: z.int().min(64).max(640).default(288),
  dpi: z.number().min(250).max(1000).default(500), // ISO/IEC 19794-4 level 31
  airDn: z.number().min(60).max(255).default(206).describe("level of the bare platen"),
  contactDn: z.number().min(0).max(150).default(46).describe("level of full skin contact"),
  vignetting: z.number().min(0).max(0.6).default(0.14).describe("loss of light at the corners, share"),
  blurPx: z.number().min(0).max(4).default(0.65).describe("sigma of the optics' point spread"),
  keystone: z
    .number()
    .min(0)
    .max(0.1)
    .default(0.012)
    .describe("rows shrink by this share from top to bottom: a prism seen at an angle"),
  grainPx: z
    .number()
    .min(0)
    .max(2)
    .default(0.35)
    .describe("sigma by which the firmware's resampling smears the pixels' own pattern"),
  shotNoiseDn: z
    .number()
    .min(0)
    .max(12)
    .default(2)
    .describe(
      "deviation of one exposure at full scale; falls with the root of the level (a full well of 15,000 " +
        "electrons gives 2.1)",
    ),
  readNoiseDn: z.number().min(0).max(12).default(0.8).describe("deviation of one exposure in the dark"),
})
export type ScannerModelSettings = z.infer<typeof ScannerModelSettings>

/** How far units of one model differ. Typical values of small CMOS imagers: PRNU 0.5-2 %, DSNU 0.2-1 DN of 8 bits
 *  (EMVA Standard 1288 data sheets; Janesick, Photon Transfer, 2007: about 1 % is common to CMOS and CCD); geometry
 *  within the 1 % that FBI PIV-071006 (2006) demands of single-finger scanners. The defaults are the middle of
 *  these. */
export const UnitStrengths = z.strictObject({
  prnu: strength(0.1, 0.01, "per-pixel gain, deviation as a share of the signal"),
  dsnuDn: strength(20, 0.5, "per-pixel offset, deviation"),
  columnGain: strength(0.05, 0.002, "per-column gain (column amplifiers of CMOS), deviation"),
  columnOffsetDn: strength(10, 0.25, "per-column offset, deviation"),
  hotPixels: strength(500, 3, "mean number of pixels with a high constant offset"),
  deadPixels: strength(500, 2, "mean number of pixels with little or no answer"),
  dustSpecks: strength(200, 5, "mean number of specks in the light path"),
  illuminationGradient: strength(0.5, 0.05, "tilt of the light across the window, deviation as a share"),
  brightness: strength(0.3, 0.03, "LED power and exposure, deviation as a share"),
  scale: strength(0.05, 0.004, "magnification, deviation as a share"),
  rotationRad: strength(0.1, 0.006, "turn of the imager against the window, deviation"),
  shiftPx: strength(20, 2, "offset of the imager against the window, deviation"),
  lensDistortion: strength(0.05, 0.003, "radial distortion at the corner, deviation as a share"),
  focus: strength(1, 0.08, "point spread, deviation as a share of the model's"),
})
export type UnitStrengths = z.infer<typeof UnitStrengths>

/** What moves between sessions of one unit: weather, age and use. */
export const SessionDrift = z.strictObject({
  temperatureC: strength(40, 6, "temperature, deviation; dark signal doubles every 8 °C (Janesick 2007)"),
  brightness: strength(0.2, 0.015, "light level, deviation as a share"),
  brightnessLossPerSession: strength(0.1, 0.002, "ageing of the LEDs, share per session"),
  gainDrift: strength(1, 0.05, "part of the per-pixel gain pattern that is new each session, share of prnu"),
  looseDust: strength(200, 2, "mean number of specks that lie elsewhere each session"),
  scratchesPerSession: strength(20, 0.3, "mean number of scratches added to the platen per session, for good"),
  filmDn: strength(40, 3, "grease left on the platen, deviation of the level"),
})
export type SessionDrift = z.infer<typeof SessionDrift>

/** The simulated scanner: `twin` in a plan, an experiment or on the command line. Every field has a default. */
export const ScannerSettings = z.strictObject({
  seed: z.int().min(0).max(0xffffffff).default(1),
  model: ScannerModelSettings.prefault({}),
  /** Multiplies every strength at once: 0 makes the units one, 1 keeps them as set. */
  unitStrength: z.number().min(0).max(10).default(1),
  units: UnitStrengths.prefault({}),
  drift: SessionDrift.prefault({}),
})
export type ScannerSettings = z.infer<typeof ScannerSettings>

/** The strengths with `unitStrength` worked in. */
export function effectiveStrengths({ unitStrength, units }: ScannerSettings): UnitStrengths {
  const scaled = { ...units }
  for (const key of Object.keys(scaled) as (keyof UnitStrengths)[]) scaled[key] *= unitStrength
  return scaled
}
