"""The service's HTTP side: health for machines, and the page on which a newcomer tries the whole job."""
