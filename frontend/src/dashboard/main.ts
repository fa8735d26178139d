// The start page, first steps and jobs: looks alone, everything else comes from the server.
import "./dashboard.css";
