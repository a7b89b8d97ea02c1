import { Button } from "@mantine/core";
import { Link } from "react-router";
import { Empty } from "../kit/Note";
import { Page } from "../kit/Page";

export function NotFound() {
  return (
    <Page name="Not found">
      <Empty
        title="There is no page at this address"
        text="The link may be old, or what it led to has been removed."
        action={
          <Button component={Link} to="/">
            Go home
          </Button>
        }
      />
    </Page>
  );
}
