export { LatestRuns } from "./components/LatestRuns";
export { RunPage } from "./pages/RunPage";
export { RunsPage } from "./pages/RunsPage";
