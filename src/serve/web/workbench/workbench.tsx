import type { ComponentType } from "preact"
import { useEffect } from "preact/hooks"
import { listenToLinks, path } from "../router.js"
import { Brand, NavLink, SkipLink } from "../ui/frame-parts.js"
import { Page } from "../ui/page.js"
import { Toasts } from "../ui/toasts.js"
import { ComparePage } from "./compare/compare-page.js"
import { DatasetPage } from "./data/dataset-page.js"
import { DatasetsPage } from "./data/datasets-page.js"
import { NewPage } from "./form/new-page.js"
import { RegistryPage } from "./registry-page.js"
import { RunPage } from "./runs/run-page.js"
import { RunsPage } from "./runs/runs-page.js"
import { TrialsPage } from "./trials-page.js"

interface Place {
  readonly title: string
  /** Is given what stands behind the path of the place. */
  readonly Content: ComponentType<{ readonly name: string }>
}

const places: Readonly<Record<string, Place>> = {
  "/datasets": {
    title: "Datasets",
    Content: ({ name }) => (name === "" ? <DatasetsPage /> : <DatasetPage name={name} />),
  },
  "/runs": { title: "Runs", Content: ({ name }) => (name === "" ? <RunsPage /> : <RunPage name={name} />) },
  "/compare": { title: "Compare", Content: ComparePage },
  "/new": { title: "New experiment", Content: NewPage },
  "/trials": { title: "Trials", Content: TrialsPage },
  "/registry": { title: "Registry", Content: RegistryPage },
}

/** The frame of the workbench and the page that the path asks for. */
export function Workbench() {
  useEffect(listenToLinks, [])
  const shown = path.value === "/" ? "/runs" : path.value
  const [, first = "", name = ""] = /^(\/[^/]*)(?:\/(.*))?$/.exec(shown) ?? []
  const place = places[first]
  const decoded = decodeURIComponent(name)
  useEffect(() => {
    document.title = `${[decoded, place?.title ?? "No such page"].filter(Boolean).join(" · ")} · sourceprint`
  }, [decoded, place])
  return (
    <div class="frame workbench">
      <SkipLink />
      <header class="bar">
        <Brand />
        <nav aria-label="Pages">
          <NavLink href="/datasets">Datasets</NavLink>
          <NavLink href="/runs">Runs</NavLink>
          <NavLink href="/new">New experiment</NavLink>
          <NavLink href="/trials">Trials</NavLink>
          <NavLink href="/registry">Registry</NavLink>
        </nav>
      </header>
      <div />
      <main id="content" tabIndex={-1}>
        {place === undefined ? (
          <Page title="No such page">
            <p>
              Nothing is at this address. <a href="/runs">Go to the runs</a>
            </p>
          </Page>
        ) : (
          <place.Content key={path.value} name={decoded} />
        )}
      </main>
      <Toasts />
    </div>
  )
}
