import { Button } from "../ui/button.js"
import { Page } from "../ui/page.js"
import { Part } from "../ui/part.js"
import { Moment } from "../ui/time-words.js"
import { useCall } from "./calls.js"
import { openReport } from "./open-report.js"
import { valueWords } from "./value-words.js"

export function TrialsPage() {
  const polled = useCall("trials", {}, 5000)
  return (
    <Page title="Trials" lead="Trials of the sign-in and benchmarks of matchers, from their reports.">
      <Part polled={polled} empty="There is no report of a trial yet: sourceprint trial run makes one.">
        {(trials) => (
          <ul class="cards">
            {trials.map(({ id, kind, question, verdict, createdAt, flags, values, columns, hasReport }) => (
              <li key={id} class="card">
                <h2>{question}</h2>
                <p>
                  <span class="tag">{kind}</span>{" "}
                  {flags.map((flag) => (
                    <span key={flag} class="tag">
                      {flag}
                    </span>
                  ))}
                </p>
                {verdict !== "" && <p>{verdict}</p>}
                <dl class="facts">
                  {columns
                    .filter(({ key, group }) => group === "result" && values[key] !== undefined)
                    .map(({ key, label, unit }) => (
                      <div key={key}>
                        <dt>{label}</dt>
                        <dd>{valueWords(values[key], unit)}</dd>
                      </div>
                    ))}
                </dl>
                <p class="hint">
                  <span class="mono">{id}</span>, <Moment atMs={Date.parse(createdAt)} />
                </p>
                {hasReport && (
                  <div class="actions">
                    <Button aria-label={`Open the report: ${question}`} onClick={() => void openReport(id)}>
                      Open the report
                    </Button>
                  </div>
                )}
              </li>
            ))}
          </ul>
        )}
      </Part>
    </Page>
  )
}
