// Pages of emails: progress of a run, figures, mails in frames. Their scripts are htmx's alone.
import "./letters.css";
