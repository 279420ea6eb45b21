import { Steps } from "../ui/steps.js"

/** Ridges around a core, as arcs: half of a loop above the line through the core, legs below it. */
const ridges = Array.from({ length: 7 }, (_, i) => {
  const r = 6 + 7 * i
  return `M${60 - r} ${92 + 4 * i}V60A${r} ${r} 0 0 1 ${60 + r} 60V${96 - 3 * i}`
})

/** What a sign-in looks like, for those who have not seen one. */
export function SignInPicture() {
  return (
    <figure class="card sign-in-picture">
      <figcaption class="hint">A sign-in at its second step</figcaption>
      <svg viewBox="0 0 120 124" aria-hidden="true">
        <rect x="1" y="1" width="118" height="122" rx="14" />
        {ridges.map((path) => (
          <path key={path} d={path} />
        ))}
      </svg>
      <Steps
        label="The steps of a sign-in"
        steps={[
          { id: "password", label: "Password, by a proof", state: "good" },
          { id: "touch", label: "A touch of your finger", state: "now" },
          { id: "checks", label: "This scanner, this finger, taken now?", state: "waiting" },
        ]}
      />
    </figure>
  )
}
