/** The JSON of a demonstration's simulated scanners: src/serve/demo/demo-panel.ts documents it. */
export interface DemoHand {
  readonly finger: "own" | "other" | "none"
  readonly unit: "registered" | "other"
}

const fingers: readonly unknown[] = ["own", "other", "none"]
const units: readonly unknown[] = ["registered", "other"]

function readHand(value: unknown): DemoHand | undefined {
  if (typeof value !== "object" || value === null) return undefined
  const { finger, unit } = value as Record<keyof DemoHand, unknown>
  if (!fingers.includes(finger) || !units.includes(unit)) return undefined
  return { finger: finger as DemoHand["finger"], unit: unit as DemoHand["unit"] }
}

async function asked(request: Promise<Response>): Promise<DemoHand | undefined> {
  try {
    const response = await request
    return response.ok ? readHand(await response.json()) : undefined
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return undefined // no connection, no JSON
    throw error
  }
}

/** What the simulated hand of an account does; undefined: the server does not say. */
export const demoHand = (name: string): Promise<DemoHand | undefined> =>
  asked(fetch(`/v1/demo/hand?name=${encodeURIComponent(name)}`))

/** Tells the simulated hand what to do from now on. @returns what it does; undefined: the server did not take it */
export const setDemoHand = (name: string, hand: DemoHand): Promise<DemoHand | undefined> =>
  asked(
    fetch("/v1/demo/hand", {
      method: "POST",
      headers: { "content-type": "application/json", "x-sourceprint-demo": "1" },
      body: JSON.stringify({ name, ...hand }),
    }),
  )
