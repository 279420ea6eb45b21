import { imagesPerPerson, type TwinDatasetPlan } from "./dataset-plan.js"

/** The card of a simulated dataset: nobody may take it for one of people. */
export function twinCard(name: string, plan: TwinDatasetPlan): string {
  const { model, units, drift, unitStrength } = plan.scanner
  const rows = (settings: Readonly<Record<string, string | number>>): string =>
    Object.entries(settings)
      .map(([key, value]) => `| ${key} | ${value} |`)
      .join("\n")
  const bits =
    plan.bits === 4
      ? `the upper 4 bits, expanded × ${plan.expansion}, as over an R307's serial line`
      : "8 bits, as over USB"
  const factors =
    `${plan.people} people × ${plan.fingersPerPerson} fingers × ${plan.units} units of one model × ` +
    `${plan.sessions} sessions × ${plan.impressions} impressions`
  const again = "sourceprint twin dataset --config twin-dataset.json --name <name>"
  return `# ${name} (simulated)

**Simulated data.** No person and no scanner was involved: fingers are grown by an algorithm, scanner units are drawn
from the tolerances below. Figures measured on it say what the method can do under these assumptions, no more.

- ${plan.people * imagesPerPerson(plan)} images: ${factors}
- Image: ${model.widthPx} × ${model.heightPx}, ${model.dpi} dpi, ${bits}
- People have seed ${plan.seed}, units have seed ${plan.scanner.seed}
- Made again, byte for byte, from \`twin-dataset.json\`: \`${again}\`
- Licence: as the project. Consent: not applicable.

## Scanner model
| setting | value |
| --- | --- |
${rows(model)}

## Between units (all multiplied by unitStrength ${unitStrength})
| setting | value |
| --- | --- |
${rows(units)}

## Between sessions
| setting | value |
| --- | --- |
${rows(drift)}
`
}
