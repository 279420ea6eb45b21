// Turns scores into an offline page, report.html: node examples/report-scores.mjs
import { writeFile } from "node:fs/promises"
import { equalErrorRate, errorCurve } from "@sourceprint/core"
import { detChart, renderReport, scoreHistogram } from "@sourceprint/report"

const genuine = Float64Array.from({ length: 300 }, (_, i) => 50 + 30 * Math.sin(i * i))
const impostor = Float64Array.from({ length: 900 }, (_, i) => 15 + 15 * Math.sin(3 * i * i))
const curve = errorCurve(genuine, impostor)
const names = { title: "Scores", genuineName: "genuine", impostorName: "impostor", scoreLabel: "similarity" }
const blocks = [scoreHistogram(genuine, impostor, names), detChart("DET", [{ name: "my matcher", curve }])]
const lead = `Equal error rate ${(100 * equalErrorRate(curve)).toFixed(1)} %.`
await writeFile("report.html", renderReport({ title: "Does my matcher tell fingers apart?", lead, blocks }))
console.log("report.html")
