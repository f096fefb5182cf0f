// The table of contents at the side. On narrow pages it is closed.
import { useEffect, useState } from "preact/hooks";
import { TextField } from "../components/form.tsx";
import { counted } from "../text/format.ts";
import type { Operation } from "./document.ts";
import { Method, Path } from "./operation.tsx";

export interface Tag { name: string; description: string; operations: Operation[] }

const WIDE = matchMedia("(min-width: 961px)");

/** The id of a tag's section. Ids of operations have no colon, so it is different from them. */
export const placeOf = (tag: string): string => `tag:${tag.replaceAll(" ", "-")}`;

export function Contents({ tags, search, onSearch }: { tags: Tag[]; search: string; onSearch: (search: string) => void }) {
  const isWide = useWide();
  const here = useHere(tags);
  useEffect(() => { if (isWide) document.querySelector(".contents [aria-current]")?.scrollIntoView({ block: "nearest" }); }, [here, isWide]);
  const found = tags.reduce((sum, tag) => sum + tag.operations.length, 0);
  const list = (
    <nav aria-label="Contents">
      <ul>
        <li><a href="#start">Introduction</a></li>
        {tags.map((tag) => (
          <li key={tag.name}>
            <a class="tag-link" href={`#${placeOf(tag.name)}`}>{tag.name}</a>
            <ul>{tag.operations.map((each) => <li key={each.id}><a href={`#${each.id}`} title={each.summary} aria-current={here === each.id ? "location" : undefined}><Method name={each.method} /> <Path path={each.path} /></a></li>)}</ul>
          </li>
        ))}
        <li><a href="#errors">Errors</a></li>
      </ul>
    </nav>
  );
  return (
    <aside class="contents" aria-label="Find">
      <TextField label="Find an operation" value={search} onInput={onSearch} placeholder="retry, POST, /users …" hint={search.trim() === "" ? undefined : <span role="status">{found === 0 ? "none" : counted(found, "operation")}</span>} />
      {isWide ? list : <details open={search.trim() !== ""}><summary>Contents</summary>{list}</details>}
    </aside>
  );
}

function useWide(): boolean {
  const [isWide, setWide] = useState(WIDE.matches);
  useEffect(() => {
    const look = () => setWide(WIDE.matches);
    WIDE.addEventListener("change", look);
    return () => WIDE.removeEventListener("change", look);
  }, []);
  return isWide;
}

/** The operation that somebody reads: the last one that has reached the top of the window. */
function useHere(tags: Tag[]): string | undefined {
  const [here, setHere] = useState<string>();
  useEffect(() => {
    const seen = new IntersectionObserver(
      (entries) => { for (const { isIntersecting, target } of entries) if (isIntersecting) setHere(target.id); },
      { rootMargin: "-10% 0px -85% 0px" },
    );
    for (const section of document.querySelectorAll(".operation")) seen.observe(section);
    return () => seen.disconnect();
  }, [tags]);
  return here;
}
