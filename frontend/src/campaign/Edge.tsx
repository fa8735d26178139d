// A path between steps: its branch in words, and a plus that puts a step into it.
import { BaseEdge, EdgeLabelRenderer, getSmoothStepPath, type EdgeProps } from "@xyflow/react";
import { ask, mayEdit } from "./editing";
import { leaving, stepOf } from "./graph";
import { Icon } from "../page/Icon";
import { branchWord } from "./kinds";
import * as simulating from "./simulating";
import { useStore } from "./store";
import { say } from "./words";

// Words of so many signs have room beside each other.
const SHORT = 8;

export function PathEdge(props: EdgeProps) {
  const { sourceX, sourceY, targetX, targetY, source, target, sourcePosition, targetPosition, selected, id } = props;
  const branch = String(props.data?.branch ?? "next");
  const step = useStore((state) => stepOf(state.doc.graph, source));
  const landing = useStore((state) => state.landing);
  const way = useStore((state) => state.simulation?.told ?? null);
  const graph = useStore((state) => state.doc.graph);
  const trace = way === null ? "" : simulating.walked(graph, way).has(id) ? "walked" : "unwalked";
  const [path, x, y] = getSmoothStepPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, borderRadius: 8 });
  const tone = branch === "yes" || branch === "no" || branch === "not_measurable" ? branch : "next";
  const word = branchWord(branch, step);
  const middle = (sourceY + targetY) / 2;
  const straight = targetY - sourceY > 30;
  // Answers that lead to the same step keep their words apart: each stands below where it leaves.
  const twins = leaving(graph, source).filter((path) => path.to === target);
  const nth = twins.findIndex((path) => path.branch === branch);
  const stacked = twins.length > 2 || twins.some((path) => (branchWord(path.branch, step) ?? "").length > SHORT);
  const below = twins.length > 1 && nth >= 0;
  const across = below ? sourceX : straight ? targetX : x;
  const down = below ? sourceY + 16 + (stacked ? nth * 22 : 0) : straight ? middle : y;
  const here = landing?.after === source && (landing.before ?? target) === target && (landing.branch ?? branch) === branch;
  return (
    <>
      <BaseEdge id={id} path={path} markerEnd={props.markerEnd} interactionWidth={18} className={`path-${tone} ${selected ? "chosen" : ""} ${trace}`} />
      <EdgeLabelRenderer>
        <div class={`path-label nodrag nopan ${here ? "landing" : ""}`} style={{ transform: `translate(-50%, -50%) translate(${across}px, ${down}px)` }}>
          {word && (
            <span class={`branch ${tone}`}>
              {tone === "yes" && <Icon name="check" />}
              {tone === "no" && <Icon name="x" />}
              {word}
            </span>
          )}
          {mayEdit() && (
            <button
              type="button"
              class="add-here"
              tabIndex={-1}
              aria-label={say("add_here")}
              title={say("add_here")}
              onClick={() => ask({ after: source, branch, before: target })}
            >
              <Icon name="plus" />
            </button>
          )}
        </div>
      </EdgeLabelRenderer>
    </>
  );
}
