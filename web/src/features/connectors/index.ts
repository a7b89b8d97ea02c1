export { ConnectorPage } from "./pages/ConnectorPage";
export { ConnectorsPage } from "./pages/ConnectorsPage";
export { InstancePage } from "./pages/InstancePage";
export { MarketplacePage } from "./pages/MarketplacePage";
