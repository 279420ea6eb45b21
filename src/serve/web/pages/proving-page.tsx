import { DemoPanel } from "../demo/demo-panel.js"
import type { ProofStage } from "../proof/proof-scene.js"
import { ProofView } from "../proof/proof-view.js"
import { Button } from "../ui/button.js"
import { Page } from "../ui/page.js"

interface ProvingPageProps {
  readonly title: string
  /** As typed. */
  readonly name: string
  readonly stage: ProofStage
  readonly purpose: "sign-in" | "sign-up"
}

/** While somebody proves who they are. */
export function ProvingPage({ title, name, stage, purpose }: ProvingPageProps) {
  return (
    <Page title={title} aside={<DemoPanel name={name} />}>
      <ProofView stage={stage} purpose={purpose} />
      <p class="aside">
        <Button kind="quiet" onClick={() => stage.leave()}>
          Cancel
        </Button>
      </p>
    </Page>
  )
}
