import { Part } from "../ui/part.js"
import { usePolled } from "./polled.js"

export function ModelsPart() {
  const polled = usePolled({ ask: "models" })
  return (
    <Part polled={polled} empty="No model is promoted. sourceprint model promote makes one from a finished experiment.">
      {(models) => (
        <ul class="cards">
          {models.map(({ id, problem, target, architecture, threshold, figures = [], usedFor }) => (
            <li key={id} class="card">
              <h3 class="mono">{id}</h3>
              {problem !== undefined && <p class="error">{problem}</p>}
              {target !== undefined && (
                <p>
                  Says whether <strong>{target}</strong> took an image; {architecture}, accepts from{" "}
                  {threshold?.toPrecision(4)}.
                </p>
              )}
              <p>
                {usedFor.length > 0 ? (
                  <span class="tag good">in use for {usedFor.join(", ")}</span>
                ) : (
                  <span class="tag">not used by this server</span>
                )}
              </p>
              <dl class="facts">
                {figures.map(({ name, value }) => (
                  <div key={name}>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                  </div>
                ))}
              </dl>
            </li>
          ))}
        </ul>
      )}
    </Part>
  )
}
