import type { QualityMeter } from "../face/frame-quality.js"

/** How good the frame is, in words; the bar is for the eye. */
export function FaceMeters({ meters }: { meters: readonly QualityMeter[] }) {
  return (
    <dl class="meters">
      {meters.map(({ id, label, level, words }) => (
        <div key={id} class={level >= 1 ? "good" : "poor"}>
          <dt>{label}</dt>
          <dd>
            <meter min={0} max={1} value={level} aria-label={label} />
            <span>{words}</span>
          </dd>
        </div>
      ))}
    </dl>
  )
}
