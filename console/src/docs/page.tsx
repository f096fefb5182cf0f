// The API documentation: openapi.json as a page.
import { useEffect, useMemo, useState } from "preact/hooks";
import { ApiError, root } from "../api/client.ts";
import { Empty, PageHead } from "../components/basics.tsx";
import { Code } from "../components/code.tsx";
import { Loadable } from "../components/loaded.tsx";
import { useLoaded } from "../state/loading.ts";
import { Contents, placeOf, type Tag } from "./contents.tsx";
import { byTag, matches, type OpenApi, type Operation, operationsOf } from "./document.ts";
import { Errors } from "./errors-table.tsx";
import { OperationSection } from "./operation.tsx";
import { Text } from "./text.tsx";

const ADDRESS = `${root}openapi.json`;

export function DocsPage() {
  const document = useLoaded(read, []);
  return (
    <div class="docs">
      <a class="skip" href="#start">Skip to the documentation</a>
      <header class="docs-bar">
        <a class="brand" href={`${root}console`}>Posthorn</a>
        <nav aria-label="Links"><a href={`${root}console`}>Console</a> <a href={ADDRESS}>openapi.json</a></nav>
      </header>
      {document.value === undefined ? <main id="start" tabIndex={-1}><PageHead title="API" /><Loadable from={document} lines={8} what="Loading the documentation" /></main> : <Description document={document.value} />}
    </div>
  );
}

/** Requests the document. It needs no key. */
async function read(signal: AbortSignal): Promise<OpenApi> {
  try {
    const response = await fetch(ADDRESS, { signal, credentials: "omit" });
    if (!response.ok) throw new ApiError(response.status, "unavailable", `The service responded with status ${response.status} instead of its description. Try again in a moment.`);
    return await response.json() as OpenApi;
  } catch (error) {
    if (signal.aborted || error instanceof ApiError) throw error;
    throw new ApiError(0, "unreachable", error instanceof SyntaxError ? "The service did not send its description: the response is not JSON." : "The service cannot be reached. Check your connection and try again.");
  }
}

function Description({ document: described }: { document: OpenApi }) {
  const [search, setSearch] = useState("");
  const operations = useMemo(() => operationsOf(described), [described]);
  const isSearching = search.trim() !== "";
  const tags = useMemo(() => byTag(described, operations.filter((each) => matches(each, search.trim()))), [operations, search]);
  usePlaces(() => setSearch(""));
  return (
    <div class="docs-frame">
      <Contents tags={tags} search={search} onSearch={setSearch} />
      <main id="start" tabIndex={-1}>
        {!isSearching && <Start document={described} />}
        {isSearching && <h1 class="visually-hidden">{described.info.title} API</h1>}
        {tags.length === 0 && <Empty title="No operation contains all of these words."><button type="button" onClick={() => setSearch("")}>Show all</button></Empty>}
        {tags.map((tag) => <TagSection key={tag.name} document={described} tag={tag} />)}
        {!isSearching && <Errors operations={operations} />}
      </main>
    </div>
  );
}

function Start({ document: { info } }: { document: OpenApi }) {
  const address = new URL(root, location.href).href.replace(/\/$/, "");
  return (
    <>
      <PageHead title={`${info.title} API`} note={`Version ${info.version}. ${info.summary ?? ""}`} />
      <div class="two">
        <div><Text text={info.description ?? ""} /></div>
        <div class="examples"><Code isRaw label="Address and key" text={`export URL=${address}\nexport KEY=phk_…   # an API key; admins create them`} /></div>
      </div>
    </>
  );
}

function TagSection({ document: described, tag }: { document: OpenApi; tag: Tag }) {
  const id = placeOf(tag.name);
  return (
    <section class="tag" id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{tag.name}</h2>
      <Text text={tag.description} class="muted" />
      {tag.operations.map((each: Operation) => <OperationSection key={each.id} document={described} operation={each} />)}
    </section>
  );
}

/** Scrolls to the section in the address, when the page appears and when somebody follows a link. If the search hides the section, show all. */
function usePlaces(showAll: () => void): void {
  useEffect(() => {
    const go = () => {
      const id = decodeURIComponent(location.hash.slice(1));
      if (id === "") return;
      if (document.getElementById(id) === null) showAll();
      requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(id)?.scrollIntoView()));
    };
    go();
    addEventListener("hashchange", go);
    return () => removeEventListener("hashchange", go);
  }, []);
}
