export { ConnectorPage } from "./pages/ConnectorPage";
export { ConnectorsPage } from "./pages/ConnectorsPage";
export { MarketplacePage } from "./pages/MarketplacePage";
