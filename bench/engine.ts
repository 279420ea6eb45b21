/** `npm run bench -- engine`: the embedded engine beside its peers in one run. `npm run prove -- engine` holds the same
 *  figures to their bounds. */
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import { measurePeak } from "./kernels.js"
import { claims } from "./prove/engine.js"

export async function run(args: readonly string[]): Promise<void> {
  await selectEngine("wasm")
  console.log(`128-bit multiply-add peak of one core: ${(await measurePeak()).toFixed(1)} GFLOP/s`)
  for (const [index, { title, measure }] of claims.entries()) {
    if (args.length > 0 && !args.includes(String(index + 1))) continue
    console.log(`\n${index + 1}. ${title}`)
    for (const { name, value, unit, note } of await measure((text) => console.error(`  ${text}`))) {
      const figure = Number.isNaN(value) ? "not measured" : `${Number(value.toPrecision(4))} ${unit}`
      console.log(`  ${name}: ${figure}${note === undefined ? "" : ` (${note})`}`)
    }
  }
}
