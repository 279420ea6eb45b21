/** A session of 2 scanners × 3 people × 2 fingers × 4 impressions. */
export const killPlan = {
  name: "kill",
  dataset: "kill",
  scanners: [
    { id: "unit-01", port: "tcp://127.0.0.1:1" },
    { id: "unit-02", port: "tcp://127.0.0.1:1" },
  ],
  subjects: ["p01", "p02", "p03"],
  fingers: ["right-index", "left-thumb"],
  impressions: 4,
  consent: { text: "I agree." },
}
export const killPlanTouches = 2 * 3 * 2 * 4
