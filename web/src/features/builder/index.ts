import "./builder.css";

export { EditConnectorPage } from "./pages/EditConnectorPage";
export { NewConnectorPage } from "./pages/NewConnectorPage";
