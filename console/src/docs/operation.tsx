// One operation: description, parameters, body, responses and examples.
import { useState } from "preact/hooks";
import { Code } from "../components/code.tsx";
import { Select } from "../components/form.tsx";
import { Responses } from "./responses.tsx";
import { curlOf } from "./curl.ts";
import type { OpenApi, Operation } from "./document.ts";
import { isError } from "./errors.ts";
import { Parameters, SchemaTable } from "./tables.tsx";
import { Inline, Text } from "./text.tsx";

export function OperationSection({ document, operation }: { document: OpenApi; operation: Operation }) {
  const { id, summary, description, parameters, body } = operation;
  return (
    <article class="operation" id={id} aria-labelledby={`${id}-title`}>
      <h3 id={`${id}-title`}><a class="plain-link" href={`#${id}`}><Inline text={summary.replace(/\.$/, "") || id} /></a></h3>
      <p class="call"><Method name={operation.method} /> <code class="path"><Path path={operation.path} /></code></p>
      <div class="two">
        <div>
          <Text text={description} class="muted" />
          {parameters.length > 0 && <><h4>Parameters</h4><Parameters document={document} parameters={parameters} /></>}
          {body?.schema && (
            <>
              <h4>Body <span class="muted small-text">{body.isRequired ? "required" : "optional"}, {body.mediaType}</span></h4>
              <Text text={body.description} />
              <SchemaTable document={document} schema={body.schema} caption={`Body of ${id}`} />
            </>
          )}
          <Responses document={document} operation={operation} />
        </div>
        <Examples operation={operation} />
      </div>
    </article>
  );
}

/** The HTTP method. Its colour only repeats the word. */
export function Method({ name }: { name: string }) {
  return <span class={`method ${name.toLowerCase()}`}>{name}</span>;
}

/** A path. A long one breaks before a slash. */
export function Path({ path }: { path: string }) {
  return <span>{path.split(/(?=\/)/).map((part, index) => <span key={index}><wbr />{part}</span>)}</span>;
}

/** The request as a command, with a choice of bodies, and examples of successful responses. */
function Examples({ operation }: { operation: Operation }) {
  const bodies = operation.body?.examples ?? [];
  const [chosen, choose] = useState(bodies[0]?.name ?? "");
  const body = bodies.find((each) => each.name === chosen);
  const good = operation.responses.find((response) => !isError(response) && response.examples.length > 0);
  return (
    <div class="examples">
      {bodies.length > 1 && <Select label="Example" value={chosen} options={bodies.map((each) => [each.name, each.summary || each.name] as const)} onChange={choose} />}
      <Code isRaw label="Request" text={curlOf(operation, body?.value)} />
      {good?.examples.map((each) => <Code key={each.name} label={responseLabel(good.status, good.examples.length > 1 ? each.summary : "")} text={shown(each.value)} />)}
    </div>
  );
}

const responseLabel = (status: string, summary: string): string => (summary === "" ? `Response ${status}` : `Response ${status}: ${summary}`);
const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
