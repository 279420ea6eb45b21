import type { ComponentType } from "preact"
import { useEffect } from "preact/hooks"
import { navigate, path } from "../router.js"
import { Notice } from "../ui/notice.js"
import "../ui/data.css"
import { Page } from "../ui/page.js"
import { AuditPart } from "./audit-part.js"
import { ModelsPart } from "./models-part.js"
import "./operator.css"
import { isOperator } from "./operator-link.js"
import { OverviewPart } from "./overview-part.js"
import { PeoplePart } from "./people-part.js"
import { ScannersPart } from "./scanners-part.js"
import { CapturesPart, ExperimentsPart, ReportsPart } from "./work-parts.js"

interface Part {
  readonly id: string
  readonly label: string
  readonly Content: ComponentType
}
const parts: readonly [Part, ...Part[]] = [
  { id: "overview", label: "Overview", Content: OverviewPart },
  { id: "people", label: "People", Content: PeoplePart },
  { id: "scanners", label: "Scanners", Content: ScannersPart },
  { id: "models", label: "Models", Content: ModelsPart },
  { id: "audit", label: "Audit log", Content: AuditPart },
  { id: "experiments", label: "Experiments", Content: ExperimentsPart },
  { id: "reports", label: "Reports", Content: ReportsPart },
  { id: "captures", label: "Captures", Content: CapturesPart },
]

export function OperatorPage() {
  const chosen = parts.find(({ id }) => path.value === `/operator/${id}`) ?? parts[0]
  const { Content } = chosen
  useEffect(() => {
    document.title = `${chosen.label} · Operator · sourceprint`
  }, [chosen.label])
  return (
    <div class="operator">
      <Page title="Operator">
        <nav class="parts" aria-label="Parts of the operator's page">
          {parts.map(({ id, label }) => (
            <a
              key={id}
              href={`/operator/${id}`}
              aria-current={id === chosen.id ? "page" : undefined}
              onClick={(event) => {
                event.preventDefault()
                navigate(`/operator/${id}`)
              }}
            >
              {label}
            </a>
          ))}
        </nav>
        {isOperator.value === false ? (
          <Notice kind="warn" title="Only operators may see this">
            <p>
              On the server, <span class="mono">sourceprint account operator --name …</span> makes one.
            </p>
          </Notice>
        ) : (
          <section aria-labelledby="part-title" class="part">
            <h2 id="part-title">{chosen.label}</h2>
            <Content key={chosen.id} />
          </section>
        )}
      </Page>
    </div>
  )
}
