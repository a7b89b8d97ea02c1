export { FlowPage } from "./pages/FlowPage";
export { FlowsPage } from "./pages/FlowsPage";
