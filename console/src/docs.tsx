// The page of the API documentation.
import { render } from "preact";
import { DocsPage } from "./docs/page.tsx";

const place = document.getElementById("app");
if (place !== null) render(<DocsPage />, place);
