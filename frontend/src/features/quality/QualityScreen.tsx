// How far the labels can be believed, and what a rule would cost.
import { roleIn } from "@/api/project";
import { useUser } from "@/api/session";
import type { Project } from "@/api/types";
import { Loaded } from "@/ui/states";
import { AgreementSection, AuditSection } from "./AuditSection";
import { CalibrationSection } from "./CalibrationSection";
import { ForecastSection } from "./ForecastSection";
import classes from "./Quality.module.css";
import { QualityPage } from "./QualityPage";
import { useQuality } from "./requests";

export function QualityScreen() {
  return <QualityPage>{(project) => <Figures project={project} />}</QualityPage>;
}

function Figures({ project }: { project: Project }) {
  const manages = roleIn(project, useUser()) === "manager";
  const quality = useQuality(project.id);
  return (
    <>
      <ForecastSection project={project} manages={manages} />
      <Loaded query={quality}>
        {(data) => (
          <div className={classes.columns}>
            <CalibrationSection calibration={data.calibration} type={project.task_type} />
            <div className={classes.stack}>
              <AuditSection project={project} audit={data.audit} manages={manages} />
              <AgreementSection agreement={data.agreement} />
            </div>
          </div>
        )}
      </Loaded>
    </>
  );
}
