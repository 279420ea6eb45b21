import { useSignal, useSignalEffect } from "@preact/signals"
import { messageOf } from "@sourceprint/core/errors.js"
import type { ComponentType } from "preact"
import { useEffect } from "preact/hooks"
import { pagePathOf } from "../page-paths.js"
import { Frame } from "./frame.js"
import { UnfitBrowser, whyUnfit } from "./pages/unfit-browser.js"
import { listenToLinks, navigate, path } from "./router.js"
import { routes } from "./routes.js"
import { sessionKnown, signedIn } from "./session/session-store.js"
import { Notice } from "./ui/notice.js"
import { Page } from "./ui/page.js"

interface Shown {
  readonly page: string
  readonly Content: ComponentType
}

/** The frame and the page that the path asks for. */
export function App() {
  const shown = useSignal<Shown | undefined>(undefined)
  const failed = useSignal<string | undefined>(undefined)
  useEffect(listenToLinks, [])
  useSignalEffect(() => {
    const page = pagePathOf(path.value)
    const route = page && routes[page]
    failed.value = undefined
    if (page === undefined || route === undefined) {
      shown.value = undefined
      document.title = "No such page · sourceprint"
      return
    }
    if (route.signedInOnly && !sessionKnown.value) return
    if (route.signedInOnly && signedIn.value === undefined) return navigate("/sign-in", { replace: true })
    document.title = page === "/" ? route.title : `${route.title} · sourceprint`
    route.load().then(
      (Content) => {
        if (pagePathOf(path.value) === page) shown.value = { page, Content }
      },
      (error: unknown) => {
        failed.value = messageOf(error)
      },
    )
  })
  const unfit = whyUnfit()
  if (unfit !== undefined) return <Frame wide={false} children={<UnfitBrowser why={unfit} />} />
  const page = pagePathOf(path.value)
  const Content = shown.value?.page === page ? shown.value?.Content : undefined
  return (
    <Frame wide={page !== undefined && routes[page].wide}>
      {failed.value !== undefined && (
        <Notice kind="bad" title="This page could not be fetched">
          <p>The server may have been restarted with newer pages: load this page again.</p>
        </Notice>
      )}
      {page === undefined && (
        <Page title="No such page">
          <p>
            Nothing is at this address. <a href="/">Go to the start</a>
          </p>
        </Page>
      )}
      {Content && <Content />}
    </Frame>
  )
}
