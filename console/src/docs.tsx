// The API's description, for reading.
import { render } from "preact";
import { DocsPage } from "./docs/page.tsx";

const place = document.getElementById("app");
if (place !== null) render(<DocsPage />, place);
