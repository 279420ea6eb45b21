/** `npm run bench -- <name>`: prints figures of one benchmark. One file a figure in `bench`, one word here. */
const benches: Readonly<Record<string, () => Promise<{ run(args: readonly string[]): Promise<void> }>>> = {
  "capture-quality": () => import("./capture-quality.js"),
  duplicates: () => import("./duplicates.js"),
  forgeries: () => import("./forgeries.js"),
  "match-sets": () => import("./match-sets.js"),
  "operating-points": () => import("./operating-points.js"),
  "print-signs": () => import("./print-signs.js"),
  "match-fit": () => import("./match-fit.js"),
  engine: () => import("./engine.js"),
  kernels: () => import("./kernels.js"),
  report: () => import("./report.js"),
  "twin-units": () => import("./twin-units.js"),
  "match-identify": () => import("./match-identify.js"),
  "head-turn": () => import("./head-turn.js"),
}

const [name = "", ...args] = process.argv.slice(2)
const load = benches[name]
if (load === undefined) {
  console.error(`usage: npm run bench -- <name>; names: ${Object.keys(benches).join(", ")}`)
  process.exit(2)
}
await (await load()).run(args)
