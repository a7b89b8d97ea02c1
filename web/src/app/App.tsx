import { Center, Loader } from "@mantine/core";
import { lazy, Suspense } from "react";
import { Route, Routes } from "react-router";
import { useMe } from "../api/access";
import { ProblemError } from "../api/client";
import { ChangePassword, SignIn } from "../features/access";
import { ErrorNote } from "../kit/Note";
import { CardsSkeleton } from "../kit/Skeletons";
import { NotFound } from "./NotFound";
import { Shell } from "./Shell";

const home = () => import("../features/home");
const connectors = () => import("../features/connectors");
const builder = () => import("../features/builder");
const flows = () => import("../features/flows");
const runs = () => import("../features/runs");
const lookups = () => import("../features/lookups");
const access = () => import("../features/access/settings");

const Home = lazy(async () => ({ default: (await home()).HomePage }));
const LatestRuns = lazy(async () => ({ default: (await runs()).LatestRuns }));
const Connectors = lazy(async () => ({ default: (await connectors()).ConnectorsPage }));
const Connector = lazy(async () => ({ default: (await connectors()).ConnectorPage }));
const NewConnector = lazy(async () => ({ default: (await builder()).NewConnectorPage }));
const EditConnector = lazy(async () => ({ default: (await builder()).EditConnectorPage }));
const Instance = lazy(async () => ({ default: (await connectors()).InstancePage }));
const Marketplace = lazy(async () => ({ default: (await connectors()).MarketplacePage }));
const Flows = lazy(async () => ({ default: (await flows()).FlowsPage }));
const Flow = lazy(async () => ({ default: (await flows()).FlowPage }));
const Runs = lazy(async () => ({ default: (await runs()).RunsPage }));
const Run = lazy(async () => ({ default: (await runs()).RunPage }));
const Lookups = lazy(async () => ({ default: (await lookups()).LookupsPage }));
const Lookup = lazy(async () => ({ default: (await lookups()).LookupPage }));
const Settings = lazy(async () => ({ default: (await access()).SettingsPage }));

/** Signed in or not; then the pages. */
export function App() {
  const me = useMe();
  if (me.error) {
    if (me.error instanceof ProblemError && me.error.problem.status === 401) return <SignIn />;
    if (!me.data) {
      return (
        <Center h="100vh" px="md">
          <ErrorNote error={me.error} again={() => me.refetch()} />
        </Center>
      );
    }
  }
  if (!me.data) {
    return (
      <Center h="100vh">
        <Loader size="sm" color="gray" />
      </Center>
    );
  }
  if (me.data.user.must_change) return <ChangePassword />;
  const waiting = (
    <div className="page">
      <CardsSkeleton />
    </div>
  );
  return (
    <Shell me={me.data}>
      <Suspense fallback={waiting}>
        <Routes>
          <Route path="/" element={<Home latestRuns={<LatestRuns />} />} />
          <Route path="/flows" element={<Flows />} />
          <Route path="/flows/:id" element={<Flow />} />
          <Route path="/runs" element={<Runs />} />
          <Route path="/runs/:id" element={<Run />} />
          <Route path="/connectors" element={<Connectors />} />
          <Route path="/connectors/:slug" element={<Connector />} />
          <Route path="/connectors/new" element={<NewConnector />} />
          <Route path="/connectors/:slug/edit" element={<EditConnector />} />
          <Route path="/instances/:id" element={<Instance />} />
          <Route path="/marketplace" element={<Marketplace />} />
          <Route path="/marketplace/:slug" element={<Marketplace />} />
          <Route path="/lookups" element={<Lookups />} />
          <Route path="/lookups/:name" element={<Lookup />} />
          <Route path="/settings" element={<Settings />} />
          <Route path="*" element={<NotFound />} />
        </Routes>
      </Suspense>
    </Shell>
  );
}
